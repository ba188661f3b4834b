import t from "tap";
import { EXIT } from "../domain/lab-error.ts";
import type { MutantFinding, MutantOutcome } from "../domain/mutant.ts";
import { exitStatusOfHunt, huntJson, renderHunt } from "./mutants.ts";

const findingOf = (name: string, outcome: MutantOutcome, change: Partial<MutantFinding> = {}): MutantFinding => ({
	mutant: {
		name,
		file: "",
		digest: "",
		breaks: `${name} breaks.`,
		about: "",
		functions: [],
		machines: null,
		modes: null,
		equivalent: null,
	},
	result: { name, outcome, killingCase: outcome === "killed" ? `${name}/devfuse/tmpfs/io/x#1` : null, seconds: 12.3 },
	detail: "",
	undecided: 0,
	...change,
});

const KILLED = findingOf("one", "killed");
const SURVIVED = findingOf("two", "survived");
const EQUIVALENT: MutantFinding = { ...SURVIVED, mutant: { ...SURVIVED.mutant, equivalent: "Nobody calls it." } };

t.test("shows who was killed by what, and what survivors break", async (t) => {
	t.equal(
		renderHunt([KILLED, SURVIVED, { ...EQUIVALENT, detail: "all passed" }], { colour: false }),
		`mutant  outcome   time  killed by
one     killed    12 s  one/devfuse/tmpfs/io/x#1
two     survived  12 s
two     survived  12 s

two (survived)
  two breaks.
two (survived)
  two breaks.
  all passed
  equivalent: Nobody calls it.

3 mutants: 1 killed (50.0 % of 2 that ran), 2 survived, 1 of them equivalent, 0 broke the boot, 0 did not apply, 0 did not build
`,
	);
});

t.test("gives machines the four fields of each and nothing else", async (t) => {
	t.same(JSON.parse(huntJson([KILLED, SURVIVED])), [
		{ name: "one", outcome: "killed", killingCase: "one/devfuse/tmpfs/io/x#1", seconds: 12.3 },
		{ name: "two", outcome: "survived", killingCase: null, seconds: 12.3 },
	]);
});

t.test("ends with 1 for a survivor, 2 where the lab could not tell, else 0", async (t) => {
	const broke = findingOf("x", "broke-boot");
	const unclear: MutantFinding = { ...SURVIVED, undecided: 1 };
	t.equal(exitStatusOfHunt([KILLED, EQUIVALENT, broke]), EXIT.hoped);
	t.equal(exitStatusOfHunt([KILLED, SURVIVED, unclear]), EXIT.subjectFailed);
	t.equal(exitStatusOfHunt([KILLED, unclear]), EXIT.cannotTell);
	for (const outcome of ["does-not-apply", "does-not-build"] as const)
		t.equal(exitStatusOfHunt([KILLED, findingOf("x", outcome)]), EXIT.cannotTell);
});
