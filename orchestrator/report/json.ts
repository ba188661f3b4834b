import { type ArchivedRun, type CellRecord, RECORD_VERSION, type RunRecord } from "../domain/run.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** The shape of `--json`, explained in docs/report.md. */
export interface ReportJson {
	/** Raised when a field changes its meaning; new fields do not raise it. */
	readonly version: typeof RECORD_VERSION;
	readonly run: RunRecord;
	readonly cells: readonly CellRecord[];
	readonly totals: Totals;
}

/** The same facts as the text report, for programs. */
export const toJson = (archived: ArchivedRun): ReportJson => ({
	version: RECORD_VERSION,
	run: archived.run,
	cells: archived.cells,
	totals: totalsOf(archived),
});
