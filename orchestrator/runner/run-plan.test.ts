import { setTimeout } from "node:timers/promises";
import t from "tap";
import type { Cell } from "../domain/cell.ts";
import { LabError } from "../domain/lab-error.ts";
import { type Answer, cellOf, endOf, fakePorts, SERVER, WISH } from "./fake-ports.ts";
import type { GuestPort, RunPorts } from "./ports.ts";
import { type PlanContext, runPlan } from "./run-plan.ts";

const runWith = async (
	cells: readonly Cell[],
	change: Partial<RunPorts>,
	answer?: Answer,
	more: Partial<PlanContext> = {},
) => {
	const { ports, seen } = fakePorts(change, answer);
	const context = {
		kernels: [WISH],
		serverOf: () => SERVER,
		signal: new AbortController().signal,
		...more,
	};
	await runPlan({ cells, ruledOut: [] }, context, ports);
	return { ...seen, verdicts: seen.records.map(({ verdict }) => `${verdict.outcome} ${verdict.because}`) };
};

const THREE = ["a", "b", "c"].map((name) => cellOf(name));

t.test("one boot carries many cells, and the guest is disposed of once", async (t) => {
	const { verdicts, boots, disposed } = await runWith(THREE, {});
	t.same(verdicts, ["pass ok", "pass ok", "pass ok"]);
	t.same(boots, ["k-1"]);
	t.equal(disposed, 1);
});

t.test("a guest with trouble in its kernel log carries no other cell", async (t) => {
	const { verdicts, boots, disposed } = await runWith(THREE, {}, (id) =>
		endOf(id, id.includes("/a#") ? { kernelLog: "Oops" } : {}),
	);
	t.same(verdicts, ["fail kernel-log", "pass ok", "pass ok"], "a green TAP stream does not help");
	t.same(boots, ["k-1", "k-2"]);
	t.equal(disposed, 2);
});

t.test("a guest in which a case ran out of time carries no other cell", async (t) => {
	const { verdicts, boots } = await runWith(THREE, {}, (id) => endOf(id, { timedOut: id.includes("/a#") }));
	t.same(verdicts, ["fail timeout", "pass ok", "pass ok"]);
	t.same(boots, ["k-1", "k-2"]);
});

t.test("a guest that falls silent breaks its cell, and the next cell gets a new guest", async (t) => {
	const { verdicts, boots } = await runWith(THREE, {}, (id) => (id.includes("/b#") ? undefined : endOf(id)));
	t.same(verdicts, ["pass ok", "broken lab", "pass ok"]);
	t.same(boots, ["k-1", "k-2"]);
});

t.test("a kernel that does not build fails its cells without a boot", async (t) => {
	const { verdicts, boots, records } = await runWith(THREE, {
		build: async () => {
			throw new LabError({ code: "patch-failed", sentence: "Patch 2/3 does not apply.", log: "/log" });
		},
	});
	t.same(verdicts, ["fail build", "fail build", "fail build"]);
	t.same(boots, []);
	t.equal(records[0]?.verdict.detail, "Patch 2/3 does not apply.");
});

t.test("a kernel that does not boot is tried twice; without a word from the kernel the lab cannot tell", async (t) => {
	let tries = 0;
	const launch = (evidence: readonly string[]) => async (): Promise<GuestPort> => {
		tries += 1;
		throw new LabError({ code: "boot-failed", sentence: "Boot failed.", evidence });
	};
	t.same((await runWith(THREE, { launch: launch(["nothing"]) })).verdicts, Array(3).fill("broken boot"));
	t.equal(tries, 2);
	t.same((await runWith(THREE, { launch: launch(["Oops: 0000"]) })).verdicts, Array(3).fill("fail boot"));
});

t.test("what is the lab's own fault is thrown, not judged", async (t) => {
	const launch = async (): Promise<GuestPort> => {
		throw new LabError({ code: "disk-full", sentence: "No space left." });
	};
	await t.rejects(runWith(THREE, { launch }), { code: "disk-full" });
});

t.test("leaves out the rest of a kernel's cells once one record is enough", async (t) => {
	const { verdicts, disposed } = await runWith(THREE, {}, undefined, {
		isEnough: ({ cell }) => cell.id.includes("/b#"),
	});
	t.same(verdicts, ["pass ok", "pass ok"]);
	t.equal(disposed, 1);
});

t.test(
	"a seat whose guest is gone leaves its cell to a guest that is busy, where another boot does not pay",
	async (t) => {
		const { ports, seen } = fakePorts();
		const slow: RunPorts = {
			...ports,
			launch: async (...boot) => {
				await setTimeout(20);
				return await ports.launch(...boot);
			},
			write: async (record, logs) => {
				if (record.cell.id.includes("/b#")) await setTimeout(100);
				return await ports.write(record, logs);
			},
		};
		const context: PlanContext = {
			kernels: [WISH],
			serverOf: () => SERVER,
			signal: new AbortController().signal,
			guests: 2,
			secondsOf: ({ id }) => (id.includes("/c#") ? 0.001 : 10),
			wantsFresh: ({ id }) => id.includes("/c#"),
		};
		await runPlan({ cells: THREE, ruledOut: [] }, context, slow);
		t.same(
			seen.records.map(({ cell }) => cell.id),
			THREE.map(({ id }) => id),
			"each cell ran once",
		);
		t.equal(seen.boots.length, 3, "the fresh one on a guest of its own");
	},
);
