/** Arguments in, exit status out. */
import { Command, CommanderError } from "commander";
import { addCommands } from "./cli/commands.ts";
import { showError } from "./cli/show-error.ts";
import { EXIT, LabError } from "./domain/lab-error.ts";
import { installInterruptHandlers } from "./host/interrupt.ts";

let installed = false;
/** Why standard output is incomplete. */
let unwritten: Error | undefined;

/** Waits until standard output has taken everything; throws when it did not. */
const flushOutput = async (): Promise<void> => {
	await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
	if (unwritten !== undefined)
		throw new LabError({
			code: "disk-full",
			sentence: `What was to be printed could not be written to standard output: ${unwritten.message}.`,
			hint: "`fuselab report` prints a run's report again.",
		});
};

/** Runs one command line (without `node` and the script's name) and gives its exit status. */
export const main = async (args: readonly string[]): Promise<number> => {
	if (!installed) {
		installed = true;
		installInterruptHandlers();
		process.stdout.on("error", (error: NodeJS.ErrnoException) => {
			// `fuselab report | head` closes our output early; that is no error, and the work goes on.
			if (error.code !== "EPIPE") unwritten ??= error;
		});
	}
	let status: number = EXIT.hoped;
	const program = new Command("fuselab")
		.description(
			"Builds kernels that carry a FUSE patch series, boots them, serves files in every transport mode, and says what holds and what it costs",
		)
		.option("--debug", "show stacks of errors")
		.showHelpAfterError()
		.exitOverride();
	addCommands(program, (value) => {
		status = value;
	});
	try {
		await program.parseAsync([...args], { from: "user" });
		await flushOutput();
		return status;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.hoped : EXIT.usage;
		return showError(error, program.opts<{ debug?: boolean }>().debug === true);
	}
};
