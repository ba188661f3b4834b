import t from "tap";
import type { KernelWish } from "../orchestrator/domain/kernel.ts";
import { rungsOf } from "./rungs.ts";

const wish: KernelWish = {
	name: "counters",
	source: { kind: "folder", folder: "/l" },
	series: [],
	fragments: ["slim"],
};
const patches = ["one", "two", "three"].map((subject) => ({ subject }));

t.test("makes a kernel of every prefix, and of the ones that are asked for", async (t) => {
	t.strictSame(
		rungsOf(wish, "all", patches).map(({ name, rung }) => [name, rung?.prefix, rung?.subject]),
		[
			["counters@0", 0, null],
			["counters@1", 1, "one"],
			["counters@2", 2, "two"],
			["counters@3", 3, "three"],
		],
	);
	t.match(rungsOf(wish, [0, 3], patches), [{ name: "counters@0" }, { rung: { ladder: "counters", total: 3 } }]);
});

t.test("names the prefix that is longer than the series", async (t) => {
	t.throws(() => rungsOf(wish, [0, 4], patches), { code: "config-invalid", message: /first 4 patches.*has 3/ });
});
