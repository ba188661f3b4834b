/** Recognises kernel trouble in console and kernel-log text. Pure; the text is untrusted. */
import { plainText } from "../domain/plain-text.ts";
import type { KernelFinding } from "../domain/verdict.ts";

/** Text without terminal escapes and control characters; newlines and tabs stay. */
export const sanitise = (text: string): string => plainText(text);

const MOST_FINDINGS = 50;
const MOST_LINES = 40;
const LONGEST_LINE = 500;

/** What printk puts before a message: level, time, and the caller with CONFIG_PRINTK_CALLER. */
const STAMP = /^(?:<\d+>)?\s*\[\s*\d+\.\d{6}\](?:\[\s*[TC]\d+\])?\s?/;
/** A printk record in the middle of a line: user space had not ended its own line. */
const STAMP_INSIDE = /(?<=\S.*)\[\s*\d+\.\d{6}\](?:\[\s*[TC]\d+\])? /g;

/**
 * Anchored at the start of the message, so that a file name or a log line that merely quotes such words is no finding.
 * The first pattern that matches decides, so the special ones stand before the general ones.
 */
const PATTERNS: readonly (readonly [KernelFinding["kind"], RegExp])[] = [
	["panic", /^Kernel panic - not syncing/],
	["kasan", /^BUG: (?:KASAN|KFENCE|KMSAN|KCSAN):/],
	["ubsan", /^UBSAN: /],
	["lockup", /^(?:watchdog: )?BUG: (?:soft|workqueue) lockup|^(?:NMI )?watchdog: .*hard LOCKUP/],
	["rcu-stall", /^(?:rcu: )?INFO: rcu\S* .*\bstalls?\b/],
	["hung-task", /^INFO: task .+ blocked .*for more than \d+ seconds/],
	[
		"lockdep",
		/^(?:WARNING|INFO|\[ BUG|BUG): (?:possible (?:circular locking|recursive locking|irq lock inversion|deadlock)|inconsistent lock state|suspicious RCU usage|bad unlock balance|bad contention detected|(?:HARD|SOFT)IRQ-safe|Nested lock was not taken|lock held when returning to user space|held lock freed|trying to register non-static key|Invalid wait context|MAX_LOCK|key .+ has not been registered)/,
	],
	["bug", /^kernel BUG at /],
	[
		"oops",
		/^(?:(?:Internal error: )?Oops\b|BUG: (?:unable to handle|kernel NULL pointer dereference)|(?:BUG: )?[Uu]nable to handle|general protection fault|(?:invalid opcode|divide error|double fault|stack segment|int3): \S+ \[#\d+\]|PANIC: double fault)/,
	],
	["bug", /^BUG: /],
	["warning", /^WARNING: .*\bat \S/],
];

/** A block that contains its own follow-up lines ends here. */
const LAST_LINE = /^---\[ end (?:trace|Kernel panic)/;

const kindOf = (message: string): KernelFinding["kind"] | undefined =>
	PATTERNS.find(([, pattern]) => pattern.test(message))?.[0];

/** Numbers that differ between two sightings of one fault; line numbers in `file.c:123` stay, they tell faults apart. */
const identityOf = (kind: string, title: string): string =>
	`${kind} ${title
		.replaceAll(/0x[0-9a-f]+|\b[0-9a-f]{8,16}\b/gi, "ADDRESS")
		.replaceAll(/\bCPU[:#] ?\d+/g, "CPU")
		.replaceAll(/\bPID: \d+/g, "PID")
		.replaceAll(/\btask (\S+):\d+/g, "task $1")
		.replaceAll(/(\S+)\/\d+$/g, "$1")
		.replaceAll(/\[(\S+):\d+\]/g, "[$1]")
		.replaceAll(/\bfor (more than )?\d+ ?s\w*/g, "for $1N s")
		.replaceAll(/\[#\d+\]/g, "[#N]")}`;

/** The messages of a log, a line each, without stamps. */
export const messagesOf = (text: string): readonly string[] =>
	sanitise(text)
		.split("\n")
		.flatMap((line) =>
			line
				.slice(0, 8 * LONGEST_LINE)
				.replaceAll(STAMP_INSIDE, "\n$&")
				.split("\n"),
		)
		.map((line) => line.replace(STAMP, "").slice(0, LONGEST_LINE).trimEnd());

/** Every distinct trouble in the text, in order of first sight. */
export const findTrouble = (text: string): readonly KernelFinding[] => {
	const findings = new Map<string, KernelFinding>();
	let block: string[] | undefined;
	for (const message of messagesOf(text)) {
		const kind = kindOf(message);
		// An Oops line inside a BUG block is the same fault; a panic is its own even in the middle of a trace.
		if (kind !== undefined && (block === undefined || kind === "panic")) {
			const key = identityOf(kind, message);
			block = [];
			if (!findings.has(key) && findings.size < MOST_FINDINGS)
				findings.set(key, { kind, title: message, lines: block });
			continue;
		}
		if (block === undefined) continue;
		if (message === "" || block.length >= MOST_LINES) {
			block = undefined;
			continue;
		}
		block.push(message);
		if (LAST_LINE.test(message)) block = undefined;
	}
	return [...findings.values()];
};
