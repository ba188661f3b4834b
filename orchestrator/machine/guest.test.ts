import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import t from "tap";
import type { CellEnd, CellOrder, Hello } from "./guest.ts";
import { Guest } from "./guest.ts";
import { MAX_LINE_BYTES } from "./guest-message.ts";

const ORDER: CellOrder = {
	type: "cell",
	id: "a/devfuse/tmpfs/io/append#1",
	server: {
		mode: "devfuse",
		store: "tmpfs",
		queueDepth: 8,
		lies: [],
		memlockBytes: null,
		sysctls: {},
		options: {},
		command: null,
		libfuse: "/opt/libfuse",
		user: "root",
		build: "plain",
	},
	work: { kind: "check", name: "io/append" },
	timeoutMs: 1000,
	slowness: 1,
};

const LIMITS = { firstMs: 20_000, totalMs: 20_000 };

const HELLO: Hello = {
	type: "hello",
	kernelRelease: "7.3",
	nodeVersion: "v24",
	cpus: 2,
	uptimeSeconds: 0.2,
	initSeconds: 0.1,
	nodeSeconds: 0.1,
	fuseUring: true,
	counters: true,
};

const END: CellEnd = {
	type: "cell-end",
	id: ORDER.id,
	stage: "done",
	error: null,
	timedOut: false,
	exitCode: 0,
	server: null,
	unsupported: null,
	proof: { found: "devfuse", witness: "none", detail: "" },
	fioReports: [],
	kernelLog: "",
	hang: null,
	seconds: 1,
};

/** Stands in for a machine and its agent: says hello, answers a cell as `answer` says, ends when told to. */
const machine = (channelIn: number, channelOut: number, answer: string): string => `
const fs = require("node:fs");
console.error("first words of the console");
const send = (text) => {
	const bytes = Buffer.from(text);
	for (let done = 0; done < bytes.length; )
		try {
			done += fs.writeSync(${channelOut}, bytes, done);
		} catch (error) {
			if (error.code !== "EAGAIN") throw error;
		}
};
send(${JSON.stringify(`${JSON.stringify(HELLO)}\n`)});
const end = ${JSON.stringify(`${JSON.stringify(END)}\n`)};
const channel = fs.createReadStream("", { fd: ${channelIn} });
require("node:readline").createInterface({ input: channel }).on("line", (line) => {
	const order = JSON.parse(line);
	if (order.type === "poweroff") process.exit(0);
	${answer}
}).on("close", () => process.exit(0));
`;

const WIRINGS = [
	{ program: "QEMU", in: 0, out: 1 },
	{ program: "user-mode Linux", in: 3, out: 4 },
] as const;

const bootFake = async (folder: string, wiring: (typeof WIRINGS)[number], answer: string): Promise<Guest> => {
	const script = path.join(folder, "machine.cjs");
	await writeFile(script, machine(wiring.in, wiring.out, answer));
	return await Guest.boot({
		program: wiring.program,
		command: [process.execPath, script],
		folder,
		signal: new AbortController().signal,
		timeoutMs: 20_000,
	});
};

const run = async (guest: Guest, onBytes: (count: number) => void = () => undefined): Promise<CellEnd | undefined> =>
	await guest.run(ORDER, LIMITS, new AbortController().signal, (message) => {
		if (message.type === "tap") onBytes(message.line.length);
	});

for (const wiring of WIRINGS) {
	t.test(`${wiring.program}: a message of nearly the greatest length passes whole`, async (t) => {
		const bytes = MAX_LINE_BYTES - 1000;
		await using guest = await bootFake(
			t.testdir(),
			wiring,
			`send(JSON.stringify({ type: "tap", id: order.id, line: "x".repeat(${bytes}) }) + "\\n" + end);`,
		);
		t.equal(guest.hello.cpus, 2);
		let came = 0;
		const end = await run(guest, (count) => {
			came = count;
		});
		t.equal(came, bytes);
		t.equal(end?.stage, "done");
	});

	t.test(`${wiring.program}: a line without end ends the machine`, async (t) => {
		await using guest = await bootFake(t.testdir(), wiring, `for (;;) send("x".repeat(1 << 20));`);
		t.equal(await run(guest), undefined);
		await guest.settle(5000);
		t.ok(guest.ended);
	});
}

t.test("user-mode Linux: the console is what the program prints, from the first byte", async (t) => {
	const folder = t.testdir();
	await using guest = await bootFake(folder, WIRINGS[1], "send(end);");
	t.match((await guest.console()).text, /^first words of the console\n/);
	t.match(
		await readFile(path.join(folder, "command.sh"), "utf8"),
		/machine\.cjs 3<&0 4>&1 <\/dev\/null >console\.log 2>&1 \| cat\n$/,
	);
});

t.test("user-mode Linux: an order that its line would swallow is refused, and the guest stays", async (t) => {
	await using guest = await bootFake(t.testdir(), WIRINGS[1], "send(end);");
	const sysctls = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`fs.fuse.number-${n}`, "x".repeat(40)]));
	const long = { ...ORDER, server: { ...ORDER.server, sysctls } };
	await t.rejects(
		guest.run(long, LIMITS, new AbortController().signal, () => undefined),
		{ code: "host-unsupported" },
	);
	t.equal((await run(guest))?.stage, "done");
});

t.test("the agent has the time that it asks for, and not beyond the whole", async (t) => {
	const ask = (limitMs: number): string =>
		`send(JSON.stringify({ type: "part", id: order.id, part: "work", limitMs: ${limitMs} }) + "\\n"); setTimeout(() => send(end), 1500);`;
	const outcomes: (string | undefined)[] = [];
	for (const [limitMs, firstMs, totalMs] of [
		[20_000, 500, 20_000],
		[100, 20_000, 20_000],
		[20_000, 20_000, 100],
	] as const) {
		await using guest = await bootFake(t.testdir(), WIRINGS[1], ask(limitMs));
		const { signal } = new AbortController();
		outcomes.push((await guest.run(ORDER, { firstMs, totalMs }, signal, () => undefined))?.stage);
	}
	t.same(outcomes, ["done", undefined, undefined]);
});

t.test("a guest that floods its console is ended, with the reason", async (t) => {
	await using guest = await bootFake(t.testdir(), WIRINGS[1], `for (;;) fs.writeSync(2, "x".repeat(1 << 20));`);
	t.equal(await run(guest), undefined);
	t.match(guest.whyEnded, /console went beyond 32 MiB/);
	t.equal((await guest.console()).to, 32 * 2 ** 20);
});
