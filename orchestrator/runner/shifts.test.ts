import t from "tap";
import type { Cell } from "../domain/cell.ts";
import { cellOf, fakePorts, SERVER, WISH } from "./fake-ports.ts";
import { runPlan } from "./run-plan.ts";
import { anotherGuestPays, shiftsOf } from "./shifts.ts";

const figure = (name: string): Cell => {
	const job = {
		name,
		rw: "read",
		direct: true,
		measure: "rate",
		args: [],
		warmups: 0,
		samples: 1,
		timeoutMs: 1,
	} as const;
	return { ...cellOf(name), work: { kind: "figure", job } };
};
const names = (cells: readonly Cell[]): readonly string[] => cells.map(({ id }) => /(\w+)#1$/.exec(id)?.[1] ?? "");

t.test(
	"checks: the longest first, what wants its own guest last; figures: alone and in the plan's order",
	async (t) => {
		const cells = [cellOf("quick"), cellOf("fresh"), cellOf("slow"), cellOf("unknown"), figure("one"), figure("two")];
		const seconds: Record<string, number> = { quick: 0.1, slow: 9, fresh: 20, one: 1, two: 5 };
		const isFresh = ({ id }: Cell): boolean => id.includes("fresh");
		const shifts = shiftsOf(cells, (cell) => seconds[names([cell])[0] ?? ""], isFresh);
		t.same(
			shifts.map((shift) => [shift.parallel, names(shift.cells)]),
			[
				[true, ["slow", "unknown", "quick", "fresh"]],
				[false, ["one", "two"]],
			],
		);
		t.same(names(shiftsOf(cells.slice(0, 4), undefined)[0]?.cells ?? []), ["quick", "fresh", "slow", "unknown"]);
	},
);

t.test(
	"a round of checks is begun whole before the next, so that a run that is stopped has whole rounds",
	async (t) => {
		const cells = [1, 2].flatMap((repeat) => ["quick", "slow"].map((name) => ({ ...cellOf(name), repeat })));
		const [shift] = shiftsOf(cells, ({ id }) => (id.includes("slow") ? 9 : 1));
		t.same(
			shift?.cells.map((cell) => `${names([cell])[0]} ${cell.repeat}`),
			["slow 1", "quick 1", "slow 2", "quick 2"],
		);
	},
);

t.test("cells on another number of CPUs are another shift", async (t) => {
	const cells = [1, 1, 4].map((cpus, index) => ({ ...cellOf(`c${index}`), cpus }));
	t.same(
		shiftsOf(cells, undefined).map((shift) => shift.cells.length),
		[2, 1],
	);
});

t.test("another guest is worth its boot only while there is enough left", async (t) => {
	const cells = ["a", "b", "c", "d"].map((name) => cellOf(name));
	t.ok(anotherGuestPays(cells, 1, 3, () => 2));
	t.notOk(anotherGuestPays(cells, 1, 5, () => 2));
	t.notOk(anotherGuestPays([], 1, 0.1, () => 2));
});

const run = async (cells: readonly Cell[], guests: number, wantsFresh: (cell: Cell) => boolean = () => false) => {
	let [now, most] = [0, 0];
	const figuresBeside: string[] = [];
	const { ports, seen } = fakePorts();
	const { launch } = ports;
	const counting: typeof ports = {
		...ports,
		launch: async (build, name) => {
			const guest = await launch(build, name);
			return {
				...guest,
				[Symbol.asyncDispose]: guest[Symbol.asyncDispose],
				run: async (order, ...rest) => {
					now += 1;
					most = Math.max(most, now);
					await new Promise((resolve) => setTimeout(resolve, 10));
					if (order.work.kind === "figure" && now > 1) figuresBeside.push(order.id);
					now -= 1;
					return await guest.run(order, ...rest);
				},
			};
		},
	};
	const { signal } = new AbortController();
	await runPlan(
		{ cells, ruledOut: [] },
		{ kernels: [WISH], serverOf: () => SERVER, signal, guests, wantsFresh, secondsOf: () => 5 },
		counting,
	);
	return { most, figuresBeside, ...seen };
};

t.test(
	"as many guests as are allowed carry checks, one carries figures, each cell runs once, all guests are ended",
	async (t) => {
		const checks = Array.from({ length: 9 }, (_, index) => cellOf(`c${index}`));
		const { most, figuresBeside, records, boots, disposed } = await run([...checks, figure("one"), figure("two")], 3);
		t.equal(most, 3);
		t.same(figuresBeside, []);
		t.equal(new Set(records.map(({ cell }) => cell.id)).size, 11);
		t.equal(boots.length, 3);
		t.equal(disposed, 3);
		t.equal((await run(checks, 1)).boots.length, 1);
	},
);

t.test("a cell that wants its own guest gets one that nobody had, and nobody gets it after", async (t) => {
	const { records } = await run([cellOf("a"), cellOf("fresh"), cellOf("b")], 1, ({ id }) => id.includes("fresh"));
	t.same(
		records.map(({ cell, boot }) => [names([cell])[0], boot]),
		[
			["a", "k-1"],
			["b", "k-1"],
			["fresh", "k-2"],
		],
	);
});
