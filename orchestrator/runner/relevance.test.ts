import t from "tap";
import type { Cell, Mode } from "../domain/cell.ts";
import type { Mutant } from "../domain/mutant.ts";
import { cellOf } from "./fake-ports.ts";
import { type CaseText, relevanceAmong, stepsOf, wordsOf } from "./relevance.ts";

const CASES: readonly CaseText[] = [
	{ name: "io/read", proves: "A file that was read is right.", decidedIn: "fs/fuse/file.c:fuse_direct_io" },
	{ name: "io/write", proves: "A file that was written is right.", decidedIn: "fs/fuse/file.c:fuse_direct_io" },
	{
		name: "faults/double",
		proves: "A reply that is committed twice is refused, and the file is right.",
		decidedIn: "fs/fuse/dev_uring.c:fuse_uring_commit_fetch",
		needs: ["ring"],
	},
	{
		name: "transport/pool",
		proves: "With one buffer in the pool every file is right.",
		decidedIn: "fs/fuse/dev_uring.c:fuse_uring_select_buffer",
		needs: ["pool"],
		negativeControl: { own: "Without a return of the buffer it hangs." },
	},
];
const CELLS = CASES.map(({ name }) => cellOf(name));
const inMode = (name: string, mode: Mode): Cell => ({ ...cellOf(name), mode });

const mutantOf = (about: string, functions: readonly string[] = []): Mutant => ({
	name: "m",
	file: "/m.patch",
	digest: "m",
	breaks: null,
	about,
	functions,
	machines: null,
	modes: null,
	equivalent: null,
});

const { of } = relevanceAmong(CASES);
const mostRelated = (mutant: Mutant): string | undefined => {
	const found = of(mutant, CELLS);
	return CASES[found.indexOf(Math.max(...found))]?.name;
};

t.test("one word in its forms is one word, and a function's name is a word of its own", async (t) => {
	t.same([...wordsOf("copies copied copy Copying")], ["copi"]);
	t.same([...wordsOf("queue queued queues")], ["queu"]);
	t.same([...wordsOf("fuse_uring_send")], ["fuse_uring_send", "fus", "uring", "send"]);
	t.same([...wordsOf("A is of an")], [], "what is too short says nothing");
});

t.test("a rare word relates, a word of every case does not", async (t) => {
	t.equal(mostRelated(mutantOf("A commit is not refused.")), "faults/double");
	t.equal(mostRelated(mutantOf("Buffers leak.")), "transport/pool");
	t.same(of(mutantOf("Files are right."), CELLS), [0, 0, 0, 0]);
	t.same(of(mutantOf(""), CELLS), [0, 0, 0, 0]);
	t.same(relevanceAmong([]).of(mutantOf("Buffers leak."), CELLS), [0, 0, 0, 0], "nothing is known of the cases");
});

t.test("a function that the case names relates, and so does what the case says of its control and needs", async (t) => {
	t.equal(mostRelated(mutantOf("", ["fuse_uring_commit_fetch"])), "faults/double");
	t.equal(mostRelated(mutantOf("It hangs.")), "transport/pool");
	t.equal(mostRelated(mutantOf("A ring.")), "faults/double");
});

t.test("no relevance is above 1", async (t) => {
	const same = CASES[2];
	const [, , found] = of(mutantOf([same?.name, "ring", same?.proves, same?.decidedIn].join(" ")), CELLS);
	t.ok(found !== undefined && found > 0.9 && found < 1 + 1e-9, String(found));
});

t.test(
	"a case comes in one mode before it comes in the others, first in the one that the mutant is about",
	async (t) => {
		const cells = [
			inMode("transport/pool", "uring"),
			inMode("transport/pool", "zerocopy"),
			inMode("io/read", "zerocopy"),
		];
		const [plain = 0, zero = 0, other = 0] = of(mutantOf("Buffers of a zero-copy queue leak."), cells);
		t.ok(zero > 0);
		t.equal(plain, zero / 2);
		t.equal(other, 0);
	},
);

t.test("relevances fall into steps, each half of the one before", async (t) => {
	t.same(stepsOf([0.8, 0.41, 0.4, 0.1, 0.01, 0]), [0, 0, 1, 3, 5, 5]);
	t.same(stepsOf([0.21, 0.15, 0.09, 0]), [0, 1, 2, 5], "without a sure one, a step is what it is with one");
	t.same(stepsOf([0, 0]), [5, 5]);
	t.same(stepsOf([]), []);
});
