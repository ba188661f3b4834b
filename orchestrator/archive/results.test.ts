import t from "tap";
import { LabError } from "../domain/lab-error.ts";
import type { MemlockRecord } from "../domain/memlock-row.ts";
import type { MutantResult } from "../domain/mutant.ts";
import { readMemlockRecord, readMutantResults } from "./results.ts";

const MUTANTS: readonly MutantResult[] = [
	{ name: "a", outcome: "killed", killingCase: "a/uring/tmpfs/io/x#1", seconds: 12.5 },
	{ name: "b", outcome: "does-not-build", killingCase: null, seconds: 0 },
];
const MEMLOCK: MemlockRecord = {
	kernel: "7.3.4",
	source: "7.3.4-1",
	machine: "uml",
	queues: 2,
	rows: [
		{
			question: {
				name: "limit",
				server: { mode: "pinned", depth: 2, options: { payload: "8192" }, build: "plain", libfuse: "/l" },
				user: "unprivileged",
				act: { kind: "kill-at", queue: 1 },
				limit: "search",
			},
			predicted: 64,
			found: null,
			outcome: "works",
			refused: "",
			faults: ["x"],
			points: [{ limit: "unlimited", outcome: "works" }],
		},
	],
};

const refusal = async (promise: Promise<unknown>): Promise<string> => {
	const error: unknown = await promise.catch((reason: unknown) => reason);
	if (error instanceof LabError && error.code === "usage") return error.message;
	throw new Error("was not refused");
};

t.test("gives back what the commands print", async (t) => {
	const folder = t.testdir({
		"mutants.json": JSON.stringify(MUTANTS, null, "\t"),
		"memlock.json": JSON.stringify(MEMLOCK, null, "\t"),
		"none.json": "[]",
	});
	t.same(await readMutantResults(`${folder}/mutants.json`), MUTANTS);
	t.same(await readMemlockRecord(`${folder}/memlock.json`), MEMLOCK);
	t.same(await readMutantResults(`${folder}/none.json`), []);
});

t.test("says of any other file in one sentence what is wrong with it", async (t) => {
	const folder = t.testdir({
		"text.json": "mutant outcome",
		"mutants.json": JSON.stringify([MUTANTS[0], { ...MUTANTS[1], outcome: "escaped" }]),
		"memlock.json": JSON.stringify({ ...MEMLOCK, queues: "two" }),
		"act.json": JSON.stringify({
			...MEMLOCK,
			rows: MEMLOCK.rows.map((row) => ({ ...row, question: { ...row.question, act: { kind: "kill-at" } } })),
		}),
	});
	t.match(
		await refusal(readMutantResults(`${folder}/gone.json`)),
		/gone\.json .*`fuselab mutants --json`.*: it is missing\.$/,
	);
	t.match(await refusal(readMutantResults(`${folder}/text.json`)), /it is not JSON\.$/);
	t.match(await refusal(readMutantResults(`${folder}/mutants.json`)), /: 1\.outcome: /);
	t.match(await refusal(readMutantResults(`${folder}/memlock.json`)), /: record: /, "the other command's");
	t.match(await refusal(readMemlockRecord(`${folder}/memlock.json`)), /`fuselab memlock --json`.*: queues: /);
	t.match(await refusal(readMemlockRecord(`${folder}/act.json`)), /: rows\.0\.question\.act\.queue: /);
});
