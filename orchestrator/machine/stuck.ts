/** Who is stuck where, read from what a kernel, the agent or init tells of tasks. Pure; the text is untrusted. */
import type { StuckTask } from "../domain/verdict.ts";
import { functionIn, messagesOf } from "./console.ts";

const MOST_TASKS = 20;
const MOST_FUNCTIONS = 16;

/** How a task is introduced; `state` is a letter of ps(1), absent where the task was on a CPU or its state is not told. */
const INTRODUCTIONS = [
	// SysRq w, and the kernel's own complaint about a hung task (sched_show_task)
	/^task:(?<name>\S+)\s+state:(?<state>\S)\s.*\bpid:(?<pid>\d+)/,
	// SysRq l, oops and panic (dump_stack_print_info)
	/^CPU: \d+ .*\bPID: (?<pid>\d+) Comm: (?<name>.+?)(?: (?:Not tainted|Tainted)\b.*)?$/,
	// the same of user-mode Linux (show_regs)
	/^Pid: (?<pid>\d+), comm: (?<name>.+?)(?: (?:Not tainted|Tainted)\b.*)?$/,
	// the agent (guest/agent/hang.ts), one of threads that wait at the same place
	/^(?<name>[^:]+):(?<pid>\d+)(?:, \S.*?:\d+)*: (?<state>[A-Z])$/,
	// init (guest/init/init.c), which tells no state: the colon stands for any that SysRq w would not have told
	/^fuselab-init: process \d+, thread (?<pid>\d+)(?<state>:) (?<name>.+)$/,
] as const;

/** What may stand between the lines of a stack. */
const BETWEEN =
	/^(?:Call Trace:|<\/?(?:TASK|IRQ|NMI)>|Stack:|\? |[0-9a-f]{8,16}\b|R[A-Z0-9]+: |Code: |Hardware name:|EFLAGS|FS:|CS:|CR2|$)/;

/** Around the frames of the interrupt by which a CPU is asked what it does. */
const INTERRUPT = /^<\/?(?:IRQ|NMI)>$/;

/** Waiting is what most threads do; these wait for a FUSE server. */
const WAITS_FOR_SERVER = "request_wait_answer";
const IDLE = /^(?:default_idle|arch_cpu_idle|um_idle_sleep|do_idle|cpuidle_enter|acpi_safe_halt|pv_native_safe_halt)/;

/** That a waiting task has called the scheduler is known. */
const SCHEDULER = /^(?:__switch_to|_*(?:io_)?schedule\w*)$/;

const withoutScheduler = (stack: readonly string[]): readonly string[] => {
	const first = stack.findIndex((name) => !SCHEDULER.test(name));
	return stack.slice(Math.max(first, 0));
};

interface Seen {
	readonly name: string;
	readonly pid: number;
	readonly state: string | undefined;
	readonly stack: string[];
}

const isStuck = ({ state, stack }: Seen): boolean => {
	if (stack.length === 0) return false;
	if (state === undefined) return !stack.some((name) => IDLE.test(name));
	return state === "D" || stack.includes(WAITS_FOR_SERVER);
};

/** Tasks that are stuck, each once, in the order in which they are told. */
export const findStuck = (text: string): readonly StuckTask[] => {
	const found = new Map<string, Seen>();
	let current: Seen | undefined;
	let interrupted = false;
	const keep = (): void => {
		if (current !== undefined && isStuck(current) && found.size < MOST_TASKS) {
			const key = `${current.name}:${current.pid}`;
			if (!found.has(key)) found.set(key, current);
		}
		current = undefined;
	};
	for (const message of messagesOf(text).map((line) => line.trim())) {
		const told = INTRODUCTIONS.map((pattern) => pattern.exec(message)?.groups).find((groups) => groups !== undefined);
		if (told !== undefined) {
			keep();
			current = { name: told.name ?? "", pid: Number(told.pid), state: told.state, stack: [] };
			interrupted = false;
			continue;
		}
		if (INTERRUPT.test(message)) interrupted = !message.startsWith("</");
		// What asks the task is not where it is; the registers are the task's own.
		if (interrupted && !/^R?IP: /.test(message)) continue;
		const name = functionIn(message);
		if (name !== undefined && current !== undefined && current.stack.length < MOST_FUNCTIONS) current.stack.push(name);
		else if (name === undefined && !BETWEEN.test(message)) keep();
	}
	keep();
	return [...found.values()].map(({ name, pid, state, stack }) => ({
		name,
		pid,
		state: state === undefined ? "running" : "blocked",
		stack: withoutScheduler(stack),
	}));
};
