import t from "tap";
import { findTrouble } from "./trouble.ts";

/** A kernel log as printk stamps it. */
const log = (...messages: readonly string[]): string =>
	messages.map((message, index) => `[   12.${String(index).padStart(6, "0")}] ${message}\n`).join("");

const samples = [
	["panic", "Kernel panic - not syncing: fuse: asked to panic by name"],
	["oops", "BUG: kernel NULL pointer dereference, address: 0000000000000018"],
	["oops", "BUG: unable to handle page fault for address: ffffc90000a3d000"],
	["oops", "Oops: general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP"],
	["oops", "general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1] PREEMPT SMP"],
	["oops", "invalid opcode: 0000 [#1] PREEMPT SMP"],
	["oops", "Unable to handle kernel paging request at virtual address ffff000012345678"],
	["bug", "kernel BUG at fs/fuse/dev.c:1234!"],
	["bug", "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:585"],
	["bug", "BUG: Bad page state in process passthrough_hp  pfn:1a2b3"],
	["warning", "WARNING: CPU: 1 PID: 87 at fs/fuse/dev_uring.c:512 fuse_uring_commit+0x1f2/0x400"],
	["warning", "WARNING: fs/fuse/dev_uring.c:512 at fuse_uring_commit+0x1f2/0x400, CPU#1: fuse-ring-1/87"],
	["kasan", "BUG: KASAN: slab-use-after-free in fuse_request_end+0x6a/0x3c0"],
	["ubsan", "UBSAN: array-index-out-of-bounds in fs/fuse/dev_uring.c:300:14"],
	["lockdep", "WARNING: possible circular locking dependency detected"],
	["lockdep", "WARNING: inconsistent lock state"],
	["lockdep", "WARNING: suspicious RCU usage"],
	["lockdep", "[ BUG: Invalid wait context ]"],
	["hung-task", "INFO: task fio:142 blocked for more than 120 seconds."],
	["hung-task", "INFO: task fio:142 blocked in I/O wait for more than 120 seconds."],
	["lockup", "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [fio:142]"],
	["lockup", "watchdog: Watchdog detected hard LOCKUP on cpu 1"],
	["rcu-stall", "rcu: INFO: rcu_preempt self-detected stall on CPU"],
	["rcu-stall", "rcu: INFO: rcu_sched detected stalls on CPUs/tasks:"],
] as const;

t.test("recognises every kind", async (t) => {
	for (const [kind, title] of samples) {
		const found = findTrouble(log("fuse: init (API version 7.46)", title, "CPU: 0 UID: 0 PID: 87"));
		t.same(
			found.map((finding) => [finding.kind, finding.title]),
			[[kind, title]],
			title,
		);
	}
});

t.test("a lost object is told by who allocated it; how many there are is no news beside it", async (t) => {
	const text = [
		log("kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)"),
		"unreferenced object 0x62eba000 (size 8192):",
		'  comm "libuv-worker", pid 88, jiffies 4294938000',
		"  hex dump (first 32 bytes):",
		"    01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................",
		"  backtrace (crc 65f1fa39):",
		"    save_stack_trace+0x47/0x70",
		"    stack_trace_save+0x35/0x40",
		"    set_track_prepare+0x49/0x70",
		"    __alloc_object+0x13c/0x420",
		"    __create_object+0x2b/0x100",
		"    kmemleak_alloc+0x31/0x40",
		"    __kmalloc_noprof+0x406/0x960",
		"    fuse_trouble_leak+0x13/0x20",
		"    fuse_trouble_at+0x59/0xa0",
		"",
	].join("\n");
	const found = findTrouble(text);
	t.match(found, [
		{ kind: "kmemleak", title: /^unreferenced object/, functions: ["fuse_trouble_leak", "fuse_trouble_at"] },
	]);
	t.equal(found.length, 1);
	t.match(findTrouble(log("kmemleak: 3 new suspected memory leaks (see /x)")), [{ kind: "kmemleak", functions: [] }]);
});

t.test("leaves an ordinary boot and quotations alone", async (t) => {
	const text = log(
		"Linux version 7.3.4 (gcc 12.2.0) #1 SMP",
		"Warning: unable to open an initial console.",
		"WARNING: unmounted filesystem was not clean",
		"fuselab: cell counters/devfuse/tmpfs/meta/BUG: KASAN: #1",
		"passthrough_hp[87]: opened /served/Kernel panic - not syncing",
		"traps: lie[99] general protection fault ip:7f1 sp:7ff error:0 in libc.so.6",
		"rcu: Hierarchical RCU implementation.",
	);
	t.same(findTrouble(text), []);
	t.same(findTrouble(""), []);
});

t.test("keeps the trace up to its end and strips stamps", async (t) => {
	const [finding, ...others] = findTrouble(
		log(
			"------------[ cut here ]------------",
			"WARNING: CPU: 1 PID: 87 at fs/fuse/dev.c:10 fuse_x+0x1/0x2",
			"Modules linked in:",
			"Call Trace:",
			" <TASK>",
			"---[ end trace 0000000000000000 ]---",
			"fuse: afterwards",
		),
	);
	t.same(others, []);
	t.same(finding?.lines, ["Modules linked in:", "Call Trace:", " <TASK>", "---[ end trace 0000000000000000 ]---"]);
});

t.test("sees one fault in a BUG with its Oops, and the panic that follows as its own", async (t) => {
	const found = findTrouble(
		log(
			"BUG: kernel NULL pointer dereference, address: 0000000000000018",
			"#PF: supervisor read access in kernel mode",
			"Oops: Oops: 0000 [#1] SMP",
			"RIP: 0010:fuse_lookup+0x44/0x120",
			"---[ end trace 0000000000000000 ]---",
			"Kernel panic - not syncing: Fatal exception",
			"Kernel Offset: disabled",
			"---[ end Kernel panic - not syncing: Fatal exception ]---",
		),
	);
	t.same(
		found.map(({ kind }) => kind),
		["oops", "panic"],
	);
	t.equal(found[1]?.lines.length, 2);
});

t.test("counts a fault seen again on another CPU, by another task or later as one", async (t) => {
	const found = findTrouble(
		log(
			"WARNING: CPU: 1 PID: 87 at fs/fuse/dev.c:10 fuse_x+0x1/0x2",
			"",
			"WARNING: CPU: 0 PID: 912 at fs/fuse/dev.c:10 fuse_x+0x1/0x2",
			"",
			"WARNING: CPU: 0 PID: 912 at fs/fuse/dev.c:11 fuse_x+0x1/0x2",
			"",
			"INFO: task fio:142 blocked for more than 120 seconds.",
			"",
			"INFO: task fio:142 blocked for more than 241 seconds.",
		),
	);
	t.equal(found.length, 3);
});

t.test("reads a console with escapes, carriage returns, callers and user-space text on the same line", async (t) => {
	const found = findTrouble(
		"\u001bc\u001b[?7lSeaBIOS\r\nready> [   12.345678][  T123] BUG: KASAN: null-ptr-deref in fuse_y+0x1/0x2\r\n\r\n\u001b[1;31mKernel panic - not syncing: x\u001b[0m\r\n",
	);
	t.same(
		found.map(({ kind }) => kind),
		["kasan", "panic"],
	);
	t.equal(found[0]?.title, "BUG: KASAN: null-ptr-deref in fuse_y+0x1/0x2");
	t.equal(found[1]?.title, "Kernel panic - not syncing: x");
});

t.test("stays bounded", async (t) => {
	const many = Array.from({ length: 200 }, (_, index) => [`BUG: Bad thing in file.c:${index}`, ""]).flat();
	t.equal(findTrouble(log(...many)).length, 50);
	const long = ["BUG: shift", ...Array.from({ length: 100 }, (_, index) => `line ${index}`)];
	t.equal(findTrouble(log(...long))[0]?.lines.length, 40);
	t.equal(findTrouble(`BUG: ${"x".repeat(1_000_000)}`)[0]?.title.length, 500);
	const started = performance.now();
	findTrouble("[ 1.000000] ".repeat(200_000));
	findTrouble(`${"a".repeat(1_000_000)}`);
	t.ok(performance.now() - started < 2000, "in reasonable time");
});
