import t from "tap";
import { findStuck } from "./stuck.ts";

const log = (...messages: readonly string[]): string =>
	messages.map((message, index) => `[   12.${String(index).padStart(6, "0")}] ${message}\n`).join("");

t.test("blocked tasks of SysRq w, innermost function first, leftovers of the stack left out", async (t) => {
	const text = log(
		"sysrq: Show Blocked State",
		"task:node            state:D stack:13240 pid:142   tgid:139   ppid:88     task_flags:0x400040 flags:0x00004002",
		"Call Trace:",
		" <TASK>",
		" __schedule+0x3c5/0xb20",
		" ? lock_release+0x10/0x20",
		" schedule+0x27/0xf0",
		" fuse_trouble_hang+0x12/0x20",
		" </TASK>",
		"task:kworker/u8:1    state:D stack:14000 pid:12    tgid:12    ppid:2      task_flags:0x4208060 flags:0x00004000",
		"Call Trace:",
		" [<600f1a2b>] schedule+0x27/0xf0",
		"fuse: afterwards",
		" stray+0x1/0x2",
	);
	t.strictSame(findStuck(text), [
		{ name: "node", pid: 142, state: "blocked", stack: ["fuse_trouble_hang"] },
		{ name: "kworker/u8:1", pid: 12, state: "blocked", stack: ["schedule"] },
	]);
});

t.test("what runs on a CPU, but for the idle", async (t) => {
	const text = log(
		"NMI backtrace for cpu 1",
		"CPU: 1 UID: 0 PID: 88 Comm: libuv-worker Not tainted 7.3.4 #1 PREEMPTLAZY",
		"Hardware name: QEMU Standard PC (Q35 + ICH9, 2009)",
		"RIP: 0010:fuse_trouble_spin+0x9/0x10",
		"RSP: 0018:ffffc900000dfd60 EFLAGS: 00000246",
		"Call Trace:",
		" <TASK>",
		" fuse_trouble_at+0x50/0x60",
		" </TASK>",
		"CPU: 0 UID: 0 PID: 0 Comm: swapper/0 Not tainted 7.3.4 #1",
		"RIP: 0010:default_idle+0x9/0x10",
	);
	t.strictSame(findStuck(text), [
		{ name: "libuv-worker", pid: 88, state: "running", stack: ["fuse_trouble_spin", "fuse_trouble_at"] },
	]);
});

t.test("a CPU that an NMI asks is where the NMI found it", async (t) => {
	const text = log(
		"CPU: 0 UID: 0 PID: 88 Comm: libuv-worker Not tainted 7.3.4 #1 PREEMPTLAZY",
		"Call Trace:",
		" <NMI>",
		" nmi_panic+0x30/0x40",
		" exc_nmi+0xaa/0x120",
		" end_repeat_nmi+0xf/0x53",
		"RIP: 0010:fuse_trouble_spin_deaf+0x9/0x10",
		"RSP: 0018:ffffc900000dfd60 EFLAGS: 00000046",
		" </NMI>",
		" <TASK>",
		" fuse_trouble_at+0x50/0x60",
		" </TASK>",
	);
	t.strictSame(findStuck(text), [
		{ name: "libuv-worker", pid: 88, state: "running", stack: ["fuse_trouble_spin_deaf", "fuse_trouble_at"] },
	]);
});

t.test("of threads that merely wait, those that wait for a FUSE server; by the agent and by init", async (t) => {
	const text = [
		"process 88: node",
		"  node:88, libuv-worker:90: S",
		"    do_epoll_wait+0x5d5/0x760",
		"  libuv-worker:89, libuv-worker:91: S",
		"    request_wait_answer+0x11c/0x220",
		"    fuse_simple_request+0x1/0x2",
		"fuselab-init: process 93, thread 94: fio",
		"[<0>] request_wait_answer+0x11c/0x220",
		"fuselab-init: process 93, thread 95: fio",
		"[<0>] do_epoll_wait+0x5d5/0x760",
	].join("\n");
	t.match(findStuck(text), [
		{ name: "libuv-worker", pid: 89, state: "blocked", stack: ["request_wait_answer", "fuse_simple_request"] },
		{ name: "fio", pid: 94, stack: ["request_wait_answer"] },
	]);
	t.equal(findStuck(text).length, 2);
});

t.test("stays bounded", async (t) => {
	const many = Array.from({ length: 100 }, (_, pid) => [
		`task:t state:D stack:0 pid:${pid} tgid:1`,
		...Array.from({ length: 50 }, () => " f+0x1/0x2"),
	]).flat();
	t.equal(findStuck(log(...many)).length, 20);
	t.equal(findStuck(log(...many))[0]?.stack.length, 16);
	t.same(findStuck(""), []);
});
