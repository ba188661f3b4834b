/** Recognises kernel trouble in console and kernel-log text. Pure; the text is untrusted. */
import { distinctTrouble } from "../domain/trouble.ts";
import type { KernelFinding } from "../domain/verdict.ts";
import { functionIn, messagesOf } from "./console.ts";

const MOST_FINDINGS = 50;
/** Of one log, before the same ones are put together. */
const MOST_SIGHTINGS = 1000;
const MOST_LINES = 40;
const MOST_LINES_OF_REPORT = 120;
const MOST_FUNCTIONS = 8;

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
	["list-corruption", /^(?:list_(?:add|del)(?:_rcu)?|hlist_\w+|llist_\w+|rcuref\w*|slab) corruption\b/],
	["refcount", /^refcount_t: /],
	["kmemleak", /^kmemleak: \d+ new suspected memory leaks?|^unreferenced object 0x[0-9a-f]+/],
	[
		"lockdep",
		/^(?:WARNING|INFO|\[ BUG|BUG): (?:possible (?:circular locking|recursive locking|irq lock inversion|deadlock)|inconsistent lock state|suspicious RCU usage|bad unlock balance|bad contention detected|(?:HARD|SOFT)IRQ-safe|Nested lock was not taken|lock held when returning to user space|held lock freed|trying to register non-static key|Invalid wait context|MAX_LOCK|key .+ has not been registered)/,
	],
	["bug", /^kernel BUG at /],
	[
		"oops",
		/^(?:(?:Internal error: )?Oops\b|BUG: (?:unable to handle|kernel NULL pointer dereference)|(?:BUG: )?[Uu]nable to handle|general protection fault|(?:invalid opcode|divide error|double fault|stack segment|int3): \S+ \[#\d+\]|PANIC: double fault)/,
	],
	// SLUB's own reports name the cache; a file system may lose inodes without any trace.
	["bug", /^BUG(?::| \S+ \(.*\): )|^VFS: Busy inodes after unmount|^CFI failure at /],
	["warning", /^WARNING: .*\bat \S/],
];

const CUT_HERE = /^-+\[ cut here \]-+$/;
/** A block that contains its own follow-up lines ends here. */
const LAST_LINE = /^---\[ end (?:trace|Kernel panic)/;
const RULE = /^={20,}$/;

/** Reports in paragraphs; any other block ends with an empty line. */
const IN_PARAGRAPHS: ReadonlySet<KernelFinding["kind"]> = new Set(["kasan", "lockdep", "ubsan", "rcu-stall"]);

/** Who tells of the fault is not where it is. */
const REPORTERS =
	/^(?:dump_(?:stack|header)\w*|show_(?:stack|regs)\w*|__warn\w*|warn_slowpath\w*|report_bug|handle_bug|(?:asm_)?(?:exc|sysvec)_\w+|_*kasan_\w+|__asan_\w+|print_\w+|_*ubsan_\w+|val_to_string|check_(?:noncircular|prev_add|memory_region)|validate_chain|mark_lock\w*|_*lock_acquire\w*|lockdep_\w+|refcount_warn_saturate|__list_(?:add|del)_\w+|_*might_(?:sleep|resched)\w*|__schedule_bug|v?panic|oops_\w+|die\w*|page_fault_oops|bad_area\w*|__?schedule|schedule\w*|__switch_to|sched_show_task|(?:unknown_)?nmi\w*|default_do_nmi|end_repeat_nmi|watchdog\w*|softlockup\w*|segv\w*|sig_handler\w*|hard_handler|timer_(?:real_alarm_)?handler|kmemleak_\w+|save_stack_trace\w*|stack_trace_save\w*|set_track_prepare|__(?:alloc|create)_object|_*kmem_cache_alloc\w*|_*kmalloc\w*|add_taint)$/;

const kindOf = (message: string): KernelFinding["kind"] | undefined =>
	PATTERNS.find(([, pattern]) => pattern.test(message))?.[0];

/** Innermost first: what the title names, the instruction pointer, then the stack that belongs to the report itself. */
const functionsIn = (title: string, lines: readonly string[]): readonly string[] => {
	const named = /(?:\bin|\bat) ([A-Za-z_][\w.]*)\+0x/.exec(title)?.[1];
	const pointed = lines.flatMap((line) => (/^R?IP: /.test(line) ? (functionIn(line) ?? []) : []))[0];
	const from = lines.findIndex((line) => /^(?:Call Trace:|backtrace\b)/.test(line.trim()));
	const stack = from === -1 ? [] : lines.slice(from + 1).flatMap((line) => functionIn(line) ?? []);
	// What the compiler has split off or specialised belongs to the function of the source.
	const all = [named, pointed, ...stack].flatMap(
		(name) => name?.replace(/\.(?:cold|isra|part|constprop)\b.*/, "") ?? [],
	);
	return [...new Set(all.filter((name) => !REPORTERS.test(name)))].slice(0, MOST_FUNCTIONS);
};

interface Block {
	kind: KernelFinding["kind"];
	title: string;
	lines: string[];
	/** A paragraph has ended: what comes may be something else. */
	loose: boolean;
}

/** What a fault is told by besides its own line: an Oops after its BUG, the warning after its cause. */
const PARTS: Readonly<Partial<Record<KernelFinding["kind"], readonly KernelFinding["kind"][]>>> = {
	oops: ["oops", "bug"],
	bug: ["oops", "bug"],
	kasan: ["oops"],
	"list-corruption": ["warning", "bug"],
	refcount: ["warning"],
};

/** Kinds that stand below the line of their warning, or above it, by the version of the kernel. */
const CAUSES: ReadonlySet<KernelFinding["kind"]> = new Set(["list-corruption", "refcount"]);

const isPartOf = ({ kind, loose }: Block, next: KernelFinding["kind"]): boolean =>
	!loose && (PARTS[kind]?.includes(next) ?? false);

/** Reads messages one by one into blocks. */
class Blocks {
	readonly all: Block[] = [];
	#open: Block | undefined;
	/** What stands between `cut here` and the line by which trouble is known: the warning's own words. */
	#words: string[] | undefined;

	take(message: string): void {
		if (CUT_HERE.test(message)) {
			this.#words = [];
			return;
		}
		const kind = kindOf(message);
		if (kind !== undefined && this.#open?.kind === "warning" && CAUSES.has(kind) && this.#open.lines.length === 0) {
			const { title } = this.#open;
			Object.assign(this.#open, { kind, title: message, lines: [title] });
			return;
		}
		if (kind !== undefined && !(this.#open !== undefined && isPartOf(this.#open, kind))) this.#begin(kind, message);
		else if (this.#open !== undefined) this.#goOn(this.#open, message);
		else this.#words?.push(message);
	}

	#begin(kind: Block["kind"], title: string): void {
		this.#open = { kind, title, lines: this.#words?.slice(-2) ?? [], loose: false };
		this.#words = undefined;
		if (this.all.length < MOST_SIGHTINGS) this.all.push(this.#open);
	}

	#goOn(block: Block, message: string): void {
		const inParagraphs = IN_PARAGRAPHS.has(block.kind);
		const full = block.lines.length >= (inParagraphs ? MOST_LINES_OF_REPORT : MOST_LINES);
		if (full || (message === "" && !inParagraphs) || (RULE.test(message) && block.lines.length > 3)) {
			this.#open = undefined;
			return;
		}
		if (message === "") block.loose = true;
		block.lines.push(message);
		if (LAST_LINE.test(message)) this.#open = undefined;
	}
}

/** That kmemleak has found some is no news where it says which. */
const withoutCount = (findings: readonly KernelFinding[]): readonly KernelFinding[] => {
	const hasObjects = findings.some(({ title }) => title.startsWith("unreferenced object"));
	return hasObjects ? findings.filter(({ title }) => !title.startsWith("kmemleak: ")) : findings;
};

/** Every distinct trouble in the text, in order of first sight. */
export const findTrouble = (text: string): readonly KernelFinding[] => {
	const blocks = new Blocks();
	for (const message of messagesOf(text)) blocks.take(message);
	const findings = blocks.all.map(({ kind, title, lines }) => ({
		kind,
		title,
		lines,
		functions: functionsIn(title, lines),
	}));
	return withoutCount(distinctTrouble(findings)).slice(0, MOST_FINDINGS);
};
