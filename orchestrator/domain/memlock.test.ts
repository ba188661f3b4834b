import t from "tap";
import {
	chargePerQueue,
	type MemlockOutcome,
	type MemlockServer,
	type MemlockTrial,
	poolPages,
	predict,
} from "./memlock.ts";
import { outcomeFaults, predictedLimit, questionsAbout } from "./memlock-row.ts";
import { findThreshold } from "./memlock-search.ts";

const pinned: MemlockServer = { mode: "pinned", depth: 8, options: {}, build: "plain", libfuse: "" };
const trial: MemlockTrial = { server: pinned, user: "unprivileged", limit: 33_554_432, act: { kind: "serve" } };

t.test("a pool's pages follow from depth, buffers and the kernel's rule for a payload", async (t) => {
	t.equal(poolPages(pinned), 2048, "8 buffers of 1 MiB");
	t.equal(poolPages({ ...pinned, options: { "pool-buffers": "3" } }), 768);
	t.equal(poolPages({ ...pinned, options: { "max-write": "4096" } }), 16, "a payload buffer has 8 KiB at least");
	t.equal(poolPages({ ...pinned, options: { payload: "4608", "pool-buffers": "3" } }), 4, "13,824 bytes");
});

t.test("only a registered pool is charged, and nobody with CAP_IPC_LOCK", async (t) => {
	t.equal(chargePerQueue(pinned, "unprivileged"), 2048);
	t.equal(chargePerQueue(pinned, "user-namespace"), 2048, "root of a namespace has no bypass");
	t.equal(chargePerQueue(pinned, "root-without-ipc-lock"), 2048);
	t.equal(chargePerQueue(pinned, "root"), 0);
	for (const mode of ["devfuse", "uring-libfuse", "uring", "bufpool", "zerocopy"] as const)
		t.equal(chargePerQueue({ ...pinned, mode }, "unprivileged"), 0, mode);
	t.equal(chargePerQueue({ ...pinned, mode: "zerocopy", options: { "pin-pool": "yes" } }, "unprivileged"), 2048);
});

t.test("a limit counts in whole pages, rounded down", async (t) => {
	t.same(predict(trial, 4), { pinnedQueues: 4, charged: 8192, works: true });
	t.same(predict({ ...trial, limit: 33_554_431 }, 4), { pinnedQueues: 0, charged: 0, works: false });
	const pool = { ...trial, server: { ...pinned, options: { fallback: "pool" } } };
	t.same(predict({ ...pool, limit: 33_554_431 }, 4), { pinnedQueues: 3, charged: 6144, works: false });
	t.same(predict({ ...pool, limit: 8 << 20 }, 4).pinnedQueues, 1, "the default limit holds one queue");
	t.same(predict({ ...pool, limit: "unlimited" }, 4).charged, 8192);
	t.equal(predict(trial, 4, 1).works, false, "another's page is one too many");
	t.equal(predict({ ...trial, limit: 0, user: "root" }, 4).works, true);
});

for (const [expected, truth, most] of [
	[0, 0, 1000],
	[8192, 8192, 1 << 22],
	[8192, 8193, 1 << 22],
	[8192, 5, 1 << 22],
	[0, 1, 1000],
	[0, 999, 1000],
	[5000, 1000, 1000],
] as const)
	t.test(`finds ${truth} where ${expected} was expected`, async (t) => {
		const asked: number[] = [];
		const found = await findThreshold(expected, most, async (pages) => {
			asked.push(pages);
			return pages >= truth;
		});
		t.same(found, { pages: truth, tries: asked.length });
		t.equal(new Set(asked).size, asked.length, "asks nothing twice");
		if (expected === truth && truth > 0) t.same(asked, [truth, truth - 1], "both sides of a right guess are enough");
		t.ok(asked.length < 50, `${asked.length} tries`);
	});

t.test("says when nothing is enough", async (t) => {
	t.equal((await findThreshold(10, 1000, async () => false)).pages, null);
});

const serving = { at: "serving", user: 8192, vmPin: 8192, vmLck: 0, registered: 8192, pinned: 8192 } as const;
const healthy: MemlockOutcome = {
	...{ got: "pinned", why: "", refusal: null, queues: 4, pinnedQueues: 4, usable: true, unusableWhy: null },
	readings: [serving],
	left: { user: 0, pinned: 0, waitedMs: 1, crashed: null, mounted: false, retried: 0 },
};

t.test("an outcome as predicted has no fault, and each page that is off is one", async (t) => {
	t.same(outcomeFaults(trial, healthy, 4), []);
	for (const wrong of [{ user: 8191 }, { vmPin: 0 }, { vmLck: 1 }, { registered: 8193 }, { pinned: 8200 }])
		t.equal(outcomeFaults(trial, { ...healthy, readings: [{ ...serving, ...wrong }] }, 4).length, 1);
	for (const left of [{ user: 1 }, { pinned: 1 }, { mounted: true }, { crashed: "SIGSEGV" }])
		t.equal(outcomeFaults(trial, { ...healthy, left: { ...healthy.left, ...left } }, 4).length, 1);
	t.match(outcomeFaults({ ...trial, limit: 0 }, healthy, 4)[0], /^it works, not falls back/);
	t.match(
		outcomeFaults(trial, { ...healthy, got: "devfuse", why: "ENOMEM", pinnedQueues: 0 }, 4)[0],
		/not works: ENOMEM/,
	);
	t.match(outcomeFaults(trial, { ...healthy, usable: false, unusableWhy: "it hangs" }, 4)[0], /not works: it hangs/);
});

t.test("every mode has its questions", async (t) => {
	const users = ["root", "unprivileged"] as const;
	t.same(
		questionsAbout({ ...pinned, mode: "uring" }, users, 4, 9).map(({ name }) => name),
		["limit, root", "limit, unprivileged"],
	);
	const questions = questionsAbout(pinned, users, 4, 9);
	t.equal(new Set(questions.map(({ name }) => name)).size, questions.length, "names are unique");
	const two = questions.find(({ act }) => act.kind === "two-servers");
	t.equal(two && predictedLimit(two, 4), 16_384, "two servers need twice the pages");
	t.equal(questions.filter(({ act }) => act.kind === "kill-at").length, 4);
});
