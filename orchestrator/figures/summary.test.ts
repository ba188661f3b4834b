import t from "tap";
import type { Figure } from "../domain/figure.ts";
import { combine, summarise } from "./summary.ts";

const figure = (name: string, ...samples: readonly number[]): Figure => ({
	name,
	unit: "MiB/s",
	better: "higher",
	samples,
	summary: summarise(samples),
});

t.test("takes the middle sample, and the mean of the two middle ones when they are even", async (t) => {
	t.same(summarise([3, 1, 2]), { n: 3, median: 2, min: 1, max: 3 });
	t.same(summarise([10, 2, 4, 1]), { n: 4, median: 3, min: 1, max: 10 });
	t.same(summarise([7]), { n: 1, median: 7, min: 7, max: 7 });
});

t.test("orders numbers as numbers", async (t) => {
	t.equal(summarise([9, 10, 100]).median, 10);
});

t.test("refuses to summarise nothing", async (t) => {
	t.throws(() => summarise([]), RangeError);
});

t.test("joins repeats by name and keeps the order of first sight", async (t) => {
	const joined = combine([figure("b", 1), figure("a", 5), figure("b", 3), figure("b", 2)]);
	t.same(
		joined.map(({ name, samples }) => [name, samples]),
		[
			["b", [1, 3, 2]],
			["a", [5]],
		],
	);
	t.equal(joined[0]?.summary.median, 2);
});

t.test("keeps a note that any of the repeats carries", async (t) => {
	t.equal(combine([figure("a", 1), { ...figure("a", 2), note: "short" }])[0]?.note, "short");
	t.notOk("note" in (combine([figure("a", 1)])[0] ?? {}));
});
