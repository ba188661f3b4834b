/** `fuselab bench server-cost`: what a request costs in each mode, as a page for the documentation. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { readRun } from "../archive/read.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { readIfThere } from "../host/files.ts";
import { folders } from "../host/folders.ts";
import { serverCostPage } from "../report/server-cost.ts";
import { exitStatusOfRun } from "../report/totals.ts";
import { executeConfig } from "./run.ts";
import { openView } from "./stage.ts";

/** Explanations are written by hand and stay below this line of the page. */
const BY_HAND = "## Why";

/** Runs the config and writes docs/server-cost.md; gives the run's exit status. */
export const benchServerCost = async (config: LabConfig): Promise<number> => {
	const view = openView();
	let folder: string;
	try {
		folder = await executeConfig(config, view, {});
	} finally {
		view.close();
	}
	const archived = await readRun(folder);
	const page = path.join(folders.clone(), "docs/server-cost.md");
	const old = (await readIfThere(page)) ?? "";
	const kept = old.includes(BY_HAND) ? `\n${old.slice(old.indexOf(BY_HAND))}` : "";
	await writeFile(page, `${serverCostPage(archived.run, archived.cells)}${kept}`);
	process.stdout.write(`${page}\n`);
	return exitStatusOfRun(archived);
};
