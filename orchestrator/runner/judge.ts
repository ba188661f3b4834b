/** From what was seen to a verdict: pure, one ordered list, the first rule that applies decides. */
import type { Cell } from "../domain/cell.ts";
import type { GuestMessage, ProcessEnd, ServerEnd } from "../domain/channel.ts";
import type { Figure } from "../domain/figure.ts";
import { plainLine } from "../domain/plain-text.ts";
import type { Because, KernelFinding, TapSummary, Verdict } from "../domain/verdict.ts";
import { readFio } from "../figures/fio.ts";
import { hasFailed } from "../tap/read-tap.ts";

type CellEnd = Extract<GuestMessage, { type: "cell-end" }>;

/** Everything that was seen of one cell. */
export interface Evidence {
	readonly cell: Cell;
	readonly interrupted: boolean;
	/** What went wrong in the lab while the cell ran; null when nothing did. */
	readonly labFault: string | null;
	readonly findings: readonly KernelFinding[];
	/** The agent's last word on the cell; null when it never came. */
	readonly end: CellEnd | null;
	readonly tap: TapSummary | null;
	readonly figures: readonly Figure[];
}

const LONGEST_DETAIL = 500;

const because =
	(outcome: Verdict["outcome"]) =>
	(reason: Because, detail: string): Verdict => ({
		outcome,
		because: reason,
		detail: plainLine(detail).trim().slice(0, LONGEST_DETAIL),
	});
const fail = because("fail");
const broken = because("broken");
const skip = because("skip");
const pass = because("pass");

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** What a shell says when the program is not there: the guest root lacks it, the subject was never asked. */
const NOT_FOUND = 127;

/** A daemon's status reaches nobody. */
const sayEnd = ({ exitCode, signal }: ProcessEnd): string =>
	signal !== null ? ` by ${signal}` : exitCode !== null ? ` with status ${exitCode}` : "";

/** What is wrong with the server's end, before its work is looked at; null when it ended as it was made to. */
const whyWrongEnd = (end: ServerEnd): string | null => {
	const { expected } = end;
	if (expected === null) return end.ordered ? null : `the server ended${sayEnd(end)} although nobody had asked it to`;
	if (end.exitCode === expected.exitCode && end.signal === expected.signal) return null;
	return `the server ended${sayEnd(end)} where the case meant it to end${sayEnd(expected)}`;
};

const judgeServer = ({ end, cell }: { readonly end: CellEnd; readonly cell: Cell }): Verdict | undefined => {
	if (end.timedOut) return fail("timeout", `not done after ${end.seconds.toFixed(0)} s`);
	if (end.stage === "store") return broken("lab", end.error ?? "the store could not be made");
	if (end.unsupported !== null) return skip("unsupported", end.unsupported);
	if (end.stage === "server-start") return fail("server-start", end.error ?? "the server did not start");
	const death = end.server === null ? null : whyWrongEnd(end.server);
	if (death !== null) return fail("server-died", death);
	const asked = cell.mode;
	const { found, detail } = end.proof;
	if (found === "unproven") return broken("wrong-transport", `asked ${asked}, cannot be proven: ${detail}`);
	if (found !== asked) return fail("wrong-transport", `asked ${asked}, got ${found}: ${detail}`);
	return undefined;
};

const judgeTap = (tap: TapSummary | null, end: CellEnd): Verdict | undefined => {
	if (tap?.bailedOut !== undefined) return fail("bail-out", `Bail out! ${tap.bailedOut}`);
	const failed = tap?.points.filter(hasFailed) ?? [];
	if (tap && failed.length > 0) {
		const [first] = failed;
		const what = `${failed.length} of ${plural(tap.points.length, "point")} failed, first: ${first?.name || "(no name)"}`;
		return fail("not-ok", first?.directive === "timeout" ? `${what} (timeout)` : what);
	}
	const why = end.error === null ? "" : `: ${end.error}`;
	if (tap === null) return fail("plan", `no TAP came${why}`);
	if (tap.skippedAll !== undefined && tap.points.length === 0) return undefined;
	if (tap.planned === undefined) return fail("plan", `no plan after ${plural(tap.points.length, "point")}${why}`);
	if (tap.planned !== tap.points.length)
		return fail("plan", `${tap.points.length} of ${plural(tap.planned, "planned point")} came${why}`);
	if (tap.points.length === 0) return fail("plan", `nothing was checked${why}`);
	const [fault] = tap.faults ?? [];
	return fault === undefined ? undefined : fail("plan", fault);
};

const judgeExit = ({ exitCode, error, server }: CellEnd): Verdict | undefined => {
	if (exitCode === NOT_FOUND) return broken("lab", error ?? "a program is missing in the guest");
	if (error !== null) return fail("exit-status", error);
	if (exitCode !== null && exitCode !== 0) return fail("exit-status", `the work ended with status ${exitCode}`);
	if (server !== null && server.expected !== null) return undefined;
	// The server was asked to end: a status other than 0 is its own complaint about the session.
	if (server?.signal) return fail("exit-status", `the server was ended by ${server.signal} after umount`);
	if (server?.exitCode) return fail("exit-status", `the server ended with status ${server.exitCode} after umount`);
	return undefined;
};

const judgeFigure = ({ cell, end, figures }: Evidence): Verdict => {
	const [figure] = figures;
	if (figure !== undefined) {
		const note = figure.note === undefined ? "" : ` (${figure.note})`;
		return pass("ok", `${figure.summary.median.toFixed(1)} ${figure.unit}${note}`);
	}
	const { work } = cell;
	const readings = work.kind === "figure" ? (end?.fioReports ?? []).map((report) => readFio(report, work.job)) : [];
	const reason = readings.find((reading) => reading.kind === "none")?.reason;
	return broken("no-figure", reason ?? "fio printed nothing");
};

const judgeCheck = ({ points, skippedAll }: TapSummary): Verdict => {
	if (skippedAll !== undefined) return skip("case-skipped", skippedAll);
	const skipped = points.filter(({ directive }) => directive === "skip");
	if (skipped.length === points.length) return skip("case-skipped", skipped[0]?.reason ?? "no reason given");
	return pass("ok", `${plural(points.length, "point")}${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
};

/** The verdict on one cell. */
export const judge = (evidence: Evidence): Verdict => {
	const { cell, end, labFault, tap } = evidence;
	const findings = evidence.findings.filter(({ allowed }) => allowed === undefined);
	if (evidence.interrupted) return broken("interrupted", "interrupted before it was done");
	const [finding] = findings;
	// A guest that fell silent because its kernel died is no fault of the lab, though the lab saw only the silence.
	const explained = end === null && finding !== undefined;
	if (labFault !== null && !explained) return broken("lab", labFault);
	if (finding !== undefined) {
		const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : "";
		return fail("kernel-log", `${finding.title}${more}`);
	}
	if (end === null) return broken("lab", "the guest never answered");
	const server = judgeServer({ end, cell });
	if (server !== undefined) return server;
	if (cell.work.kind === "figure") return judgeExit(end) ?? judgeFigure(evidence);
	const stream = judgeTap(tap, end) ?? judgeExit(end);
	if (stream !== undefined || tap === null) return stream ?? fail("plan", "no TAP came");
	return judgeCheck(tap);
};

/** Cells of a kernel that does not build. */
export const verdictOnBuild = (detail: string): Verdict => fail("build", detail);

/** Cells of a kernel that did not boot: its own fault only when it said so itself. */
export const verdictOnBoot = (findings: readonly KernelFinding[], detail: string): Verdict =>
	findings.length > 0 ? fail("boot", detail) : broken("boot", detail);

/** Cells that the plan ruled out. */
export const verdictOnRuledOut = (reason: string): Verdict => skip("ruled-out", reason);
