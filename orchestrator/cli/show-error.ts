import { EXIT, exitStatusOf, LabError } from "../domain/lab-error.ts";
import { interrupt } from "../host/interrupt.ts";

const EVIDENCE_LINES = 20;

/** Shows an error as a sentence, a hint, some evidence and the log's path on stderr; gives the exit status. */
export const showError = (error: unknown, withStack: boolean): number => {
	// TypeScript's lowered `await using` hides the body's error behind a failed disposal: the body's comes first.
	if (error instanceof Error && error.name === "SuppressedError" && "suppressed" in error)
		return showError(error.suppressed, withStack);
	const out = (line: string): boolean => process.stderr.write(`${line}\n`);
	if (!(error instanceof LabError)) {
		out(
			`fuselab: this is our own fault; please report it with these lines:\n${error instanceof Error ? error.stack : String(error)}`,
		);
		return EXIT.ourBug;
	}
	out(`fuselab: ${error.message}`);
	for (const line of error.evidence.slice(0, EVIDENCE_LINES)) out(`    ${line}`);
	if (error.hint !== undefined) out(`  ${error.hint}`);
	if (error.log !== undefined) out(`  Log: ${error.log}`);
	if (withStack) out(error.stack ?? "");
	if (error.code === "interrupted") return interrupt.received() === "SIGTERM" ? EXIT.sigterm : EXIT.sigint;
	return exitStatusOf(error.code);
};
