/** Runs one case as a TAP stream of its own, apart from tap's global test, whose exit handlers own the process. */
// Not from `tap`: loading that makes its global test, which talks over the IPC channel that is ours here.
import { Test } from "@tapjs/test";
import type { Case, Lab } from "./case.ts";

/** Lines of the stream go to `onLine` as they come; resolves true when the case overran its time. */
export const runCase = async (
	testCase: Case,
	lab: Lab,
	timeoutMs: number,
	onLine: (line: string) => void,
): Promise<boolean> => {
	const test = new Test({
		name: testCase.name,
		timeout: timeoutMs,
		cb: async (t: Test) => {
			await testCase.check(t, lab);
			// An empty TAP stream counts as skipped, which would hide a case that forgot to look.
			if (t.count === 0) t.fail("the case asserted nothing");
		},
	});
	let rest = "";
	test.on("data", (chunk: string) => {
		const lines = `${rest}${chunk}`.split("\n");
		rest = lines.pop() ?? "";
		lines.forEach(onLine);
	});
	await new Promise<void>((resolve) => {
		test.on("end", resolve);
		test.runMain(() => {});
	});
	// tap leaves the timer running, and it would report a timeout of the finished case.
	test.setTimeout(0);
	if (rest !== "") onLine(rest);
	return test.timedOut;
};
