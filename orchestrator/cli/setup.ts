import path from "node:path";
import { LabError } from "../domain/lab-error.ts";
import { ensureFolder, folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { aptInstall, hasApt, missingRequirements } from "../host/requirements.ts";

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** Installs what is missing, says what and why first, asks nothing; does nothing when nothing is missing. */
export const setup = async (quiet: boolean, tests = false): Promise<void> => {
	const missing = await missingRequirements(tests);
	if (missing.length === 0) {
		if (!quiet) say("fuselab setup: nothing is missing.");
		return;
	}
	const list = missing.map(({ package: name, why }) => `${name.padEnd(24)} ${why}`);
	if (!(await hasApt()))
		throw new LabError({
			code: "tool-missing",
			sentence: `${missing.length} things are missing, and this system has no apt-get to install them with.`,
			evidence: list,
			hint: "Install what provides these (the names are Debian's) and start again.",
		});
	say(`fuselab setup: installing ${missing.length} Debian packages:`);
	for (const line of list) say(`    ${line}`);
	const log = path.join(await ensureFolder(path.join(folders.state(), "logs")), "setup.log");
	await aptInstall([...new Set(missing.map(({ package: name }) => name))], interrupt.signal, log);
	const still = await missingRequirements(tests);
	if (still.length > 0)
		throw new LabError({
			code: "tool-missing",
			sentence: `apt-get ended well, but ${still.length} files are still not there.`,
			evidence: still.map(({ package: name, file }) => `${name}: ${file}`),
			log,
		});
	say("fuselab setup: done.");
};
