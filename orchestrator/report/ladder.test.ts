import t from "tap";
import type { KernelBuild, KernelFault, Rung } from "../domain/kernel.ts";
import type { CellRecord } from "../domain/run.ts";
import { check, measured, runOf } from "./sample.ts";
import { renderReport } from "./table.ts";
import { exitStatusOfRun } from "./totals.ts";

const SUBJECTS = ["fuse: one", "fuse: two", "docs: three"] as const;

const rungOf = (prefix: number): Rung => ({
	ladder: "counters",
	prefix,
	total: 3,
	subject: SUBJECTS[prefix - 1] ?? null,
});

const [sample] = runOf([]).run.kernels;

const buildOf = (prefix: number, change: Partial<KernelBuild> = {}): KernelBuild => {
	if (sample === undefined) throw new Error("the sample has a kernel");
	return { ...sample, name: `counters@${prefix}`, rung: rungOf(prefix), imageSha256: String(prefix), ...change };
};

const onRung = (prefix: number, record: CellRecord): CellRecord => ({
	...record,
	cell: { ...record.cell, kernel: `counters@${prefix}`, id: record.cell.id.replace("counters", `counters@${prefix}`) },
});

const warning = { file: "fs/fuse/dev.c", line: 7, text: "unused variable 'x'" };
const fault: KernelFault = {
	name: "counters@2",
	stage: "build",
	detail: `Patch 2/3 "fuse: two" breaks the build: fs/fuse/dev.c:9: 'y' undeclared.`,
	rung: rungOf(2),
};

const rendered = (cells: readonly CellRecord[] = []): string =>
	renderReport(
		runOf(cells, {
			kernels: [
				buildOf(0, { warnings: [warning] }),
				buildOf(1, {
					warnings: [
						{ ...warning, line: 8 },
						{ ...warning, text: "odd" },
					],
					imageBytes: 4_504_096,
				}),
				buildOf(3, { imageSha256: "1", compiledFiles: 0, warnings: [{ ...warning, line: 8 }] }),
			],
			unbuilt: [fault],
		}),
	);

t.test("shows a row a rung: what it is, whether it builds, its image, what is new", async (t) => {
	const text = rendered();
	t.match(text, /@0 +\(the bare source\) +6 min 40 s, 1400 files +4.29 MiB +1\n/);
	t.match(text, /@1 +fuse: one +6 min 40 s, 1400 files +\+4.0 KiB +\+1\n/, "a warning that only moved is not new");
	t.match(text, /@2 +fuse: two +does not build\n/);
	t.match(text, /@3 +docs: three +6 min 40 s, 0 files +as @1 +\+0\n/);
	t.match(text, "  patch 1/3 brings a warning: fs/fuse/dev.c:7: odd\n");
	t.match(text, "  patch 2/3 does not build: fs/fuse/dev.c:9: 'y' undeclared.\n");
	t.match(
		text,
		"  with patches 2 to 3 of 3 this rung leaves the image as it is on counters@1, whose results hold for\n  it.\n",
	);
	t.equal(text.match(/^kernel counters/gm)?.length, 1, "the longest rung stands for all");
});

t.test("counts the cells of each rung by mode, and compares figures with the rung before", async (t) => {
	const bad = check("io/b", "devfuse", "tmpfs", { verdict: { outcome: "fail", because: "not-ok", detail: "x" } });
	const text = rendered([
		...[check("io/a", "devfuse", "tmpfs"), check("io/b", "devfuse", "tmpfs")].map((record) => onRung(0, record)),
		...[check("io/a", "devfuse", "tmpfs"), bad].map((record) => onRung(1, record)),
		...[100, 102].map((value, index) => onRung(0, measured("devfuse", "tmpfs", value, index + 1))),
		...[200, 204].map((value, index) => onRung(1, measured("devfuse", "tmpfs", value, index + 1))),
	]);
	t.match(text, /@0 .* 4\/4\n/);
	t.match(text, /@1 .* 3\/4 FAIL 1\n/);
	t.match(text, /quick\/read-direct, devfuse, tmpfs +2.00\n/);
	t.notMatch(text, /kernel counters@0\n +devfuse/, "no table of cases for each rung");
});

t.test("a rung that does not build is a failure of the run", async (t) => {
	t.equal(exitStatusOfRun(runOf([])), 0);
	t.equal(exitStatusOfRun(runOf([], { unbuilt: [fault] })), 1);
});
