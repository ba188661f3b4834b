/** stress-ng's stressors of files on the mount. */
import type { Test } from "tap";
import type { Lab } from "../case.ts";
import { contained } from "./contained.ts";

/** Most of a failed run's output that is shown, in characters. */
const SHOWN = 4000;

/** What stress-ng says of its stressors at the end: `passed: 2: hdd (1) seek (1)`; pure. */
export const stressorsIn = (output: string, verdict: "passed" | "failed" | "skipped"): readonly string[] =>
	[...output.matchAll(new RegExp(`\\] ${verdict}: \\d+:? *(.*)$`, "gm"))]
		.flatMap(([, names = ""]) => names.split(/ *\(\d+\) */))
		.filter(Boolean);

/**
 * Stressors by name, each with its options, one after the other; each works for `seconds` in the case's folder, verifies what
 * it did, and clears away. The comment says how long that took: some take far longer to clear away than to work.
 */
export const runStressors = async (
	t: Test,
	{ run, mount, seed }: Lab,
	stressors: Readonly<Record<string, readonly string[]>>,
	seconds = 1,
): Promise<void> => {
	for (const [name, options] of Object.entries(stressors)) {
		const started = performance.now();
		const { status, stdout, stderr } = await run(
			...contained(
				...(["stress-ng", `--${name}`, "1", "--timeout", `${seconds}s`, "--verify"] as const),
				...["--seed", String(seed), "--temp-path", mount],
				...options,
			),
		);
		const output = `${stdout}\n${stderr}`;
		const passed = stressorsIn(output, "passed");
		t.same([status, passed], [0, [name]], name, { output: output.slice(-SHOWN) });
		t.comment(`${name} took ${((performance.now() - started) / 1000).toFixed(1)} s`);
	}
};
