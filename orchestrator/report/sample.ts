/** A small run for the report's tests. */
import type { Cell, Mode, Store } from "../domain/cell.ts";
import type { ArchivedRun, CellRecord } from "../domain/run.ts";
import { summarise } from "../figures/summary.ts";

const base = (mode: Mode, store: Store, work: Cell["work"], repeat = 1): CellRecord => ({
	version: 1,
	cell: {
		id: `counters/${mode}/${store}/${work.kind === "check" ? work.name : work.job.name}#${repeat}`,
		kernel: "counters",
		mode,
		store,
		work,
		repeat,
	},
	verdict: { outcome: "pass", because: "ok", detail: "2 points" },
	proof:
		mode === "devfuse"
			? { asked: "devfuse", found: "devfuse", witness: "kernel-counters", detail: "no ring on this connection" }
			: { asked: "uring-libfuse", found: "uring-libfuse", witness: "kernel-counters", detail: "sent 12, committed 11" },
	tap: null,
	figures: [],
	findings: [],
	seconds: 1.5,
	boot: "counters-1",
	files: { console: "boots/counters-1/console.log", command: "boots/counters-1/command.sh" },
});

/** A check that passed, or went as `change` says. */
export const check = (name: string, mode: Mode, store: Store, change: Partial<CellRecord> = {}): CellRecord => ({
	...base(mode, store, { kind: "check", name }),
	...change,
});

/** One measurement of the job `quick/read-direct`. */
export const measured = (mode: Mode, store: Store, value: number, repeat = 1): CellRecord => ({
	...base(
		mode,
		store,
		{
			kind: "figure",
			job: {
				measure: "rate",
				warmups: 0,
				name: "quick/read-direct",
				rw: "read",
				direct: true,
				args: [],
				samples: 1,
				timeoutMs: 1,
			},
		},
		repeat,
	),
	figures: [
		{ name: "quick/read-direct", unit: "MiB/s", better: "higher", samples: [value], summary: summarise([value]) },
	],
});

/** A run of those cells; everything recorded was planned. */
export const runOf = (cells: readonly CellRecord[], change: Partial<ArchivedRun["run"]> = {}): ArchivedRun => ({
	folder: "/runs/20261123-101500-quick",
	run: {
		version: 1,
		id: "20261123-101500-quick",
		fuselab: "0.1.0",
		config: "name: quick\n",
		configPath: "configs/quick.yaml",
		startedAt: "2026-11-23T10:15:00.000Z",
		finishedAt: "2026-11-23T10:19:12.000Z",
		interrupted: false,
		host: { kernel: "6.1.0", cpus: 2, memoryMiB: 24000, node: "v20.20.2", qemu: "7.2.22", virtmeNg: "1.41" },
		machine: {
			kind: "auto",
			cpus: 2,
			memoryMiB: 2048,
			nvmeMiB: 1024,
			chosen: "qemu-tcg",
			why: "KVM boots no guest here",
		},
		kernels: [
			{
				name: "counters",
				key: "k",
				image: "/k/bzImage",
				config: "/k/config",
				log: "/k/log",
				sourceVersion: "7.3.4-1~bpo13+1",
				sourceSha256: "5".repeat(64),
				imageSha256: "abcdef0123456789".repeat(4),
				imageBytes: 4_500_000,
				compiler: "gcc 12.2.0",
				patches: [
					{
						number: 1,
						total: 2,
						subject: "fuse: count ring requests",
						author: "A <a@example.org>",
						digest: "1".repeat(64),
					},
					{
						number: 2,
						total: 2,
						subject: "fuse: show counts in debugfs",
						author: "A <a@example.org>",
						digest: "2".repeat(64),
					},
				],
				buildSeconds: 400,
				compiledFiles: 1400,
				warnings: [],
				fromCache: true,
			},
		],
		unbuilt: [],
		planned: cells.map(({ cell }) => cell.id),
		...change,
	},
	cells,
	unreadable: [],
});
