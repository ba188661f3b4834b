import t from "tap";
import { patternOf, shuffled } from "./pattern.ts";
import { difference } from "./same-bytes.ts";

t.test("tells equal contents, other lengths and the first differing byte", async (t) => {
	t.equal(difference(Buffer.from("abc"), Buffer.from("abc")), "same");
	t.equal(difference(Buffer.from("ab"), Buffer.from("abc")), "2 bytes instead of 3");
	t.equal(difference(Buffer.from("axx"), Buffer.from("abc")), "byte 1 is 120 instead of 98");
});

t.test("makes equal patterns of equal seeds, and others of others", async (t) => {
	t.equal(difference(patternOf(1, 1001), patternOf(1, 1001)), "same");
	t.not(difference(patternOf(1, 1001), patternOf(2, 1001)), "same");
	t.equal(difference(patternOf(1, 5000).subarray(0, 1001), patternOf(1, 1001)), "same", "a longer one begins alike");
});

t.test("has no two equal pages in a pattern", async (t) => {
	const bytes = patternOf(3, 64 * 4096);
	const pages = new Set(
		Array.from({ length: 64 }, (_, page) => bytes.toString("latin1", page * 4096, page * 4096 + 4096)),
	);
	t.equal(pages.size, 64);
});

t.test("shuffles every number once", async (t) => {
	const order = shuffled(1, 100);
	t.not(order.join(), [...order].sort((a, b) => a - b).join());
	t.equal(new Set(order).size, 100);
});
