import path from "node:path";
import { LabError } from "../domain/lab-error.ts";
import { digestOf } from "../host/files.ts";

/** Leaves room for endings below the 255 bytes of a file name. */
const LONGEST_STEM = 160;

/** A file name for a cell id: readable, and different for different ids even on file systems that ignore case. */
export const stemOf = (cellId: string): string => {
	const readable = cellId
		.replaceAll(/[^A-Za-z0-9._-]/g, "_")
		.replace(/^\./, "_")
		.slice(0, LONGEST_STEM);
	return `${readable}-${digestOf(cellId).slice(0, 8)}`;
};

/** Whether a name may be a run's folder: one plain component, never hidden. */
export const isRunId = (name: string): boolean => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(name);

/** Whether a recorded name stays inside the run folder. */
export const staysInside = (relative: string): boolean =>
	relative !== "" &&
	!relative.includes("\0") &&
	!path.isAbsolute(relative) &&
	!relative.split(/[\\/]/).some((part) => part === ".." || part === "");

/** The absolute path of a file of a run; refuses names that lead out of its folder. */
export const insideRun = (folder: string, relative: string): string => {
	if (!staysInside(relative))
		throw new LabError({
			code: "run-missing",
			sentence: `The file name ${JSON.stringify(relative)} leads out of the run.`,
		});
	return path.join(folder, relative);
};
