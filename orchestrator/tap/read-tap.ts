/** Reads TAP 13, TAP 14 and KTAP line by line; pure. What the guest prints is untrusted, so everything kept is bounded. */
import { plainLine } from "../domain/plain-text.ts";
import type { Point, TapSummary } from "../domain/verdict.ts";

const MOST_POINTS = 100_000;
const LONGEST_LINE = 64 * 1024;
/** Of a result line, what is searched for a directive: the patterns take quadratic time. */
const LONGEST_RESULT = 4_000;
const LONGEST_KEPT = 1_000;
const MOST_DIAGNOSTICS = 40;
/** Characters of diagnostics kept over the whole stream. */
const MOST_KEPT = 4 * 1024 * 1024;
const MOST_FAULTS = 20;

const RESULT = /^(not )?ok(?=\s|$)(?:\s+(\d+)(?=\s|$))?(?:\s+-(?=\s|$))?\s*(.*)$/;
const PLAN = /^1\.\.(\d+)\s*(?:#\s*(.*))?$/;
const BAIL_OUT = /^\s*Bail out!\s*(.*)$/i;
const VERSION = /^\s*K?TAP version \d+\s*$/;
const DIRECTIVE = /(?:^|\s)#\s*(SKIP|TODO|XFAIL|TIMEOUT|ERROR)\w*:?(?:\s+(.*))?$/i;
/** Comments in which tap counts and times; they say nothing about a point. */
const BOOKKEEPING = /^#\s*(?:Subtest\b|time=|\{|(?:passed|failed|skip|todo)[: ]\d)/i;

type Directive = NonNullable<Point["directive"]>;

interface MutablePoint extends Point {
	readonly diagnostics: string[];
}

/** Whether a point counts against the subject: TODO and XFAIL are expected to fail, TIMEOUT and ERROR never pass. */
export const hasFailed = (point: Point): boolean => {
	switch (point.directive) {
		case "timeout":
		case "error":
			return true;
		case "skip":
		case "todo":
		case "xfail":
			return false;
		default:
			return !point.ok;
	}
};

const readResult = (line: string): { point: MutablePoint; number: number | undefined } | undefined => {
	const match = RESULT.exec(line);
	if (match === null) return undefined;
	// tap writes its own timing as a directive, and an opening brace where it buffers a subtest.
	const rest = (match[3] ?? "")
		.slice(0, LONGEST_RESULT)
		.replace(/\s*\{$/, "")
		.replace(/\s?#\s*time=\S+\s*$/, "");
	const directive = DIRECTIVE.exec(rest);
	const name = (directive === null ? rest : rest.slice(0, directive.index)).replaceAll(/\\([#\\])/g, "$1").trim();
	const reason = directive?.[2]?.trim();
	return {
		number: match[2] === undefined ? undefined : Number(match[2]),
		point: {
			ok: match[1] === undefined,
			name: name.slice(0, LONGEST_KEPT),
			...(directive === null ? {} : { directive: directive[1]?.toLowerCase() as Directive }),
			...(reason ? { reason: reason.slice(0, LONGEST_KEPT) } : {}),
			diagnostics: [],
		},
	};
};

/** Takes a stream line by line and says at its end, or where it was cut, what was in it. */
export class TapReader {
	readonly #points: MutablePoint[] = [];
	readonly #faults: string[] = [];
	#planned: number | undefined;
	#bailedOut: string | undefined;
	#skippedAll: string | undefined;
	/** Lines of failed subtests: the result they belong to comes after them. */
	#pending: string[] = [];
	/** Where diagnostics go now: to the last point, to the next one, or nowhere. */
	#target: string[] | undefined = this.#pending;
	/** Indentation of the YAML block that is open. */
	#yamlIndent: number | undefined;
	#kept = 0;

	/** Takes one line, without its newline; what follows a bail-out does not count. */
	push(raw: string): void {
		if (this.#bailedOut !== undefined) return;
		const line = plainLine(raw.slice(0, LONGEST_LINE).replaceAll("\t", "    ")).trimEnd();
		const indent = line.length - line.trimStart().length;
		if (this.#inYaml(line, indent)) return;
		const bailed = BAIL_OUT.exec(line);
		if (bailed !== null) this.#bailedOut = (bailed[1] || "no reason given").slice(0, LONGEST_KEPT);
		else if (line === "" || VERSION.test(line)) return;
		else if (line.trim() === "---" && indent > 0) this.#yamlIndent = indent;
		else if (indent > 0) this.#takeInner(line.trimStart());
		else if (line.startsWith("#")) this.#takeComment(line);
		else this.#takeOuter(line);
	}

	/** What the lines so far amount to. */
	end(): TapSummary {
		return {
			points: this.#points,
			planned: this.#planned,
			bailedOut: this.#bailedOut,
			skippedAll: this.#skippedAll,
			...(this.#faults.length > 0 ? { faults: this.#faults } : {}),
		};
	}

	#inYaml(line: string, indent: number): boolean {
		if (this.#yamlIndent === undefined) return false;
		if (line !== "" && indent < this.#yamlIndent) {
			// Cut off before its end: this line is not part of it.
			this.#yamlIndent = undefined;
			return false;
		}
		if (indent === this.#yamlIndent && line.trim() === "...") this.#yamlIndent = undefined;
		else this.#keep(line.slice(this.#yamlIndent));
		return true;
	}

	#takeOuter(line: string): void {
		const plan = PLAN.exec(line);
		if (plan !== null) {
			if (this.#planned !== undefined) this.#fault("there is more than one plan");
			this.#planned ??= Number(plan[1]);
			const skip = /^skip\w*:?\s*(.*)$/i.exec(plan[2] ?? "");
			if (skip !== null && plan[1] === "0") this.#skippedAll = (skip[1] || "no reason given").slice(0, LONGEST_KEPT);
			return;
		}
		const result = readResult(line);
		// Unknown lines, such as printk's, may stand anywhere and change nothing.
		if (result === undefined) return;
		if (this.#points.length >= MOST_POINTS) {
			this.#fault(`there are more than ${MOST_POINTS} points`);
			return;
		}
		const due = this.#points.length + 1;
		if (result.number !== undefined && result.number !== due)
			this.#fault(`point ${result.number} came where ${due} was due`);
		result.point.diagnostics.push(...this.#pending);
		this.#pending = [];
		this.#target = result.point.diagnostics;
		this.#points.push(result.point);
	}

	/** Subtests do not count, their parent does; but only they can say what went wrong in it. */
	#takeInner(line: string): void {
		const result = readResult(line);
		if (result !== undefined) {
			this.#target = hasFailed(result.point) ? this.#pending : undefined;
			this.#keep(line);
		} else if (line.startsWith("#")) this.#takeComment(line);
		else if (PLAN.test(line)) this.#target = undefined;
	}

	#takeComment(line: string): void {
		if (/^#\s*Subtest\b/.test(line)) this.#target = undefined;
		if (!BOOKKEEPING.test(line)) this.#keep(line);
	}

	#keep(line: string): void {
		const target = this.#target;
		if (target === undefined || target.length >= MOST_DIAGNOSTICS || this.#kept >= MOST_KEPT) return;
		const kept = target.length === MOST_DIAGNOSTICS - 1 ? "(more was left out)" : line.slice(0, LONGEST_KEPT);
		this.#kept += kept.length;
		target.push(kept);
	}

	#fault(text: string): void {
		if (this.#faults.length < MOST_FAULTS) this.#faults.push(text);
	}
}

/** Reads a whole stream, complete or cut short. */
export const readTap = (lines: Iterable<string>): TapSummary => {
	const reader = new TapReader();
	for (const line of lines) reader.push(line);
	return reader.end();
};
