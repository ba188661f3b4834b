/** The whole way on a real kernel: every case in both modes on both stores, figures, proof. */
import t from "tap";
import { fuselab, guestsRunning, isKernelsWord, readReport } from "./lib/cli.ts";

t.test("configs/quick.yaml: every cell passes with proof, in both modes and on both stores", async (t) => {
	const { status, stdout, stderr } = await fuselab("run", "configs/quick.yaml", "--json");
	t.equal(status, 0, "exit status", { stderr: stderr.split("\n").slice(-40) });
	const { cells, run } = readReport(stdout);
	const bad = cells
		.filter(({ verdict }) => verdict.outcome !== "pass")
		.map(({ cell, verdict }) => `${cell.id}: ${verdict.detail}`);
	t.same(bad, [], "no cell but passes");
	t.same(new Set(cells.map(({ cell }) => `${cell.mode} ${cell.store}`)).size, 4, "two modes on two stores");
	const checks = cells.filter(({ cell }) => cell.work.kind === "check");
	t.ok(checks.length >= 4 * 12, `${checks.length} checks`);
	for (const mode of ["devfuse", "uring-libfuse"]) {
		const proofs = cells.filter(({ cell }) => cell.mode === mode).map(({ proof }) => proof);
		t.ok(
			proofs.every((proof) => proof?.found === mode && isKernelsWord(proof.witness)),
			`${mode}: the kernel's own counters say so`,
		);
	}
	const figures = cells.flatMap(({ figures }) => figures);
	t.ok(figures.length >= 4 * 4 && figures.every(({ summary }) => summary.median > 0), `${figures.length} figures`);
	t.same(guestsRunning(), [], "no guest is left");

	const again = await fuselab("report", run.id, "--json");
	t.equal(again.stdout, stdout, "the report is made again from the run's folder alone");
});
