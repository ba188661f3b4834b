import t from "tap";
import { after, bytesOf, type Operation, readOf } from "./file-model.ts";
import { randomOperations } from "./random-operations.ts";
import { shrink } from "./shrink.ts";

t.test("leaves only what the failure takes", async (t) => {
	const numbers = Array.from({ length: 250 }, (_, index) => index);
	let asked = 0;
	const needs =
		(...needed: readonly number[]) =>
		async (some: readonly number[]): Promise<boolean> => {
			asked += 1;
			return needed.every((number) => some.includes(number));
		};
	t.same(await shrink(numbers, needs(249), 120), [249]);
	t.same(await shrink(numbers, needs(3, 77, 140), 120), [3, 77, 140]);
	asked = 0;
	await shrink(numbers, needs(...numbers), 120);
	t.ok(asked <= 120, "and asks no more often than it may");
});

t.test("draws the same operations for the same seed, and others for another", async (t) => {
	t.same(randomOperations(1, 50, 1), randomOperations(1, 50, 1));
	t.not(JSON.stringify(randomOperations(1, 50, 1)), JSON.stringify(randomOperations(2, 50, 1)));
	const direct = randomOperations(3, 500, 512).filter((operation) => "by" in operation && operation.by === "direct");
	t.ok(
		direct.length > 20 && direct.every((one) => "offset" in one && one.offset % 512 === 0 && one.length % 512 === 0),
	);
});

t.test("knows what a file is after each kind of operation", async (t) => {
	const file = Buffer.from("abcdef");
	const write: Operation = { kind: "write", by: "buffered", offset: 8, length: 2, seed: 1 };
	t.same(after(file, write), Buffer.concat([file, Buffer.alloc(2), bytesOf(file, write)]), "a gap is zeros");
	t.same(
		after(file, { ...write, by: "append" }),
		Buffer.concat([file, bytesOf(file, write)]),
		"append ignores offsets",
	);
	t.same(after(file, { ...write, by: "map" }), file, "a mapping does not grow it");
	t.same(after(file, { kind: "truncate", length: 2 }), Buffer.from("ab"));
	t.same(after(file, { kind: "punch", offset: 4, length: 100 }), Buffer.from("abcd\0\0"), "a hole does not grow it");
	t.same(after(file, { kind: "reserve", offset: 0, length: 100 }), file);
	t.equal(after(file, { kind: "allocate", offset: 0, length: 100 }).length, 100);
	t.same(after(file, { kind: "copy", offset: 0, to: 6, length: 3 }), Buffer.from("abcdefabc"));
	t.same(readOf(file, { offset: 4, length: 100 }), Buffer.from("ef"), "a read ends with the file");
});
