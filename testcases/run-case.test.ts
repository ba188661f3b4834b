import t from "tap";
import { type Case, defineCase, type Lab } from "./case.ts";
import { runCase } from "./run-case.ts";

const LAB: Lab = {
	mode: "devfuse",
	store: "tmpfs",
	mount: "/nowhere",
	behind: "/nowhere",
	mountRoot: "/",
	server: null,
	askServer: async () => null,
	tryMemlock: async () => {
		throw new Error("there is no guest");
	},
	expectServerEnd: async () => {},
	maxWrite: 4096,
	seed: 1,
	lies: [],
	xfstests: null,
	run: async () => ({ status: 0, stdout: "", stderr: "" }),
	stopServer: async () => ({
		umountStatus: 0,
		ended: true,
		isDaemon: false,
		exitCode: 0,
		signal: null,
		stillMounted: false,
	}),
};

const streamOf = async (check: Case["check"], timeoutMs = 5000): Promise<{ timedOut: boolean; lines: string[] }> => {
	const lines: string[] = [];
	const testCase = defineCase({
		name: "io/made-up",
		proves: "Nothing.",
		decidedIn: "fs/fuse/file.c:none",
		negativeControl: "read-data",
		timeoutMs,
		check,
	});
	const timedOut = await runCase(testCase, LAB, timeoutMs, (line) => lines.push(line));
	return { timedOut, lines };
};

t.test("streams the points of a case and ends with their plan", async (t) => {
	const { timedOut, lines } = await streamOf(async (c) => {
		c.equal(1, 1, "one is one");
		c.same([1], [1], "lists too");
	});
	t.same(lines, ["TAP version 14", "ok 1 - one is one", "ok 2 - lists too", "1..2"]);
	t.equal(timedOut, false);
});

t.test("makes a point of what a case throws", async (t) => {
	const { lines } = await streamOf(async (c) => {
		c.ok(true, "so far");
		throw new Error("the disk is on fire");
	});
	t.match(lines, ["TAP version 14", "ok 1 - so far", "not ok 2 - the disk is on fire"]);
	t.ok(lines.some((line) => line.includes("stack:")));
	t.ok(lines.includes("1..2"));
});

t.test("does not let a case pass that asserted nothing", async (t) => {
	const { lines } = await streamOf(async () => {});
	t.match(lines, ["TAP version 14", "not ok 1 - the case asserted nothing"]);
});

t.test("ends the stream of a case that overruns its time", async (t) => {
	const { timedOut, lines } = await streamOf(async (c) => {
		c.ok(true, "started");
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}, 100);
	t.equal(timedOut, true);
	t.match(lines, ["TAP version 14", "ok 1 - started", "not ok 2 - timeout!"]);
	t.ok(lines.includes("1..2"));
});

t.test("runs cases one after the other with streams of their own", async (t) => {
	for (const name of ["first", "second"]) {
		const { lines } = await streamOf(async (c) => void c.pass(name));
		t.same(lines, ["TAP version 14", `ok 1 - ${name}`, "1..1"]);
	}
});
