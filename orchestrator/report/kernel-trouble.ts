/** What kernels complained about, each fault once, with the cells that met it. */

import type { ArchivedRun } from "../domain/run.ts";
import { isSameTrouble } from "../domain/trouble.ts";
import type { KernelFinding } from "../domain/verdict.ts";
import { clean, paint, plural, type Style, wrap } from "./layout.ts";

const MOST_FAULTS = 30;
const MOST_FUNCTIONS = 5;
const MOST_CELLS = 3;

interface Fault {
	readonly finding: KernelFinding;
	readonly cells: string[];
}

const faultsOf = ({ cells }: ArchivedRun): readonly Fault[] => {
	const faults: Fault[] = [];
	for (const { cell, findings } of cells)
		for (const finding of findings) {
			const known = faults.find((fault) => isSameTrouble(fault.finding, finding));
			if (known === undefined) faults.push({ finding, cells: [cell.id] });
			else known.cells.push(cell.id);
		}
	return faults;
};

/** The decoder puts file and line behind a line of a stack. */
const sourceOf = (name: string, lines: readonly string[]): string => {
	const place = lines.find((line) => line.includes(`${name}+0x`))?.match(/ \(([^()]+:\d+)\)$/)?.[1];
	return place === undefined ? name : `${name} (${place})`;
};

const linesOf = ({ finding, cells }: Fault): readonly string[] => {
	const { kind, title, functions, lines, allowed } = finding;
	const shown = functions.slice(0, MOST_FUNCTIONS).map((name) => sourceOf(name, lines));
	const more = cells.length > MOST_CELLS ? ", ..." : "";
	return [
		...wrap(`${kind}: ${title}`, "  "),
		...(shown.length === 0 ? [] : wrap(`in ${shown.join(" < ")}`, "    ")),
		...(allowed === undefined ? [] : wrap(`allowed: ${allowed.reason} (${allowed.link})`, "    ")),
		`    ${plural(cells.length, "cell")}: ${cells
			.slice(0, MOST_CELLS)
			.map((id) => clean(id))
			.join(", ")}${more}`,
	];
};

/** Nothing where no kernel complained. */
export const kernelTroubleSection = (archived: ArchivedRun, style: Style): readonly string[] => {
	const faults = faultsOf(archived);
	if (faults.length === 0) return [];
	return [
		"",
		paint(style, "bold", `kernel trouble: ${plural(faults.length, "fault")}`),
		...faults.slice(0, MOST_FAULTS).flatMap(linesOf),
		...(faults.length > MOST_FAULTS ? [`  ... and ${faults.length - MOST_FAULTS} more`] : []),
	];
};
