/** Boots as shell scripts: one that a person can paste, and one that runs a recorded cell without fuselab. Pure. */
import { pasteable } from "./command.ts";
import { UML_CHANNEL_IN, UML_CHANNEL_OUT } from "./uml-command.ts";

/** An empty disk image, made in the boot's folder before the machine starts. */
export interface DiskImage {
	/** File name relative to the boot's folder. */
	readonly file: string;
	readonly mebibytes: number;
}

export interface BootScript {
	/** Its relative paths are those of the boot's folder. */
	readonly command: readonly string[];
	readonly disks: readonly DiskImage[];
	/** Where the agent's channel ends: on QEMU's standard input and output, or on descriptors of their own. */
	readonly channel: "stdio" | "descriptors";
}

const MARK = "# --- the boot ---";

/** User-mode Linux writes its channel to nothing that epoll(7) refuses, such as a file: hence the pipe. */
const redirections = (channel: BootScript["channel"]): string =>
	channel === "stdio" ? "" : ` ${UML_CHANNEL_IN}<&0 ${UML_CHANNEL_OUT}>&1 </dev/null >console.log 2>&1 | cat`;

/** The boot as a script of its own: it takes the agent's orders on standard input and gives its words on standard output. */
export const bootScript = ({ command, disks, channel }: BootScript): string =>
	[
		"#!/bin/sh",
		"# One boot, in a folder of its own. The agent's channel is on standard input and output, a JSON object a line:",
		'# {"type":"poweroff"} ends it, and so does the end of the input. The console is written to console.log there.',
		'cd "$(mktemp -d)" || exit 2',
		'echo "in $PWD" >&2',
		MARK,
		...disks.map(({ file, mebibytes }) => `truncate -s ${mebibytes}M ${file}`),
		`${pasteable(command)}${redirections(channel)}`,
		...disks.map(({ file }) => `rm -f ${file}`),
		"",
	].join("\n");

export interface ReproCell {
	readonly id: string;
	/** Name of the run that holds the cell's record. */
	readonly run: string;
	/** The transport that its requests must take. */
	readonly mode: string;
	/** The order as the agent took it, one line of JSON. */
	readonly order: string;
	/** Text of the boot's own script (`bootScript`). */
	readonly boot: string;
	/** Absolute paths that must still be there: the kernel's image, the guest's root. */
	readonly needs: readonly string[];
	/** Boot and cell together. */
	readonly seconds: number;
}

/** What a kernel prints when it is in trouble, at the start of a message. */
const TROUBLE =
	"(^|\\] ?)(Kernel panic|BUG: |kernel BUG|Oops|general protection fault|UBSAN: |INFO: (task|rcu)|WARNING: .* at )";

/** The lines of a boot's own script that make, boot and remove; the machine is ended after `seconds`. */
const bounded = (boot: string, seconds: number): readonly string[] =>
	(boot.split(`${MARK}\n`)[1] ?? "")
		.trimEnd()
		.split("\n")
		.map((line) =>
			/^(?:truncate|rm) /.test(line)
				? line
				: `{ timeout --foreground -s KILL ${Math.ceil(seconds)} ${line}; } <&5 >said 2>errors`,
		);

/**
 * A script that runs one recorded cell again without fuselab. Its exit status is 0 when the cell passed or was skipped, 1
 * when it failed, 2 when that cannot be told.
 */
export const reproScript = ({ id, run, mode, order, boot, needs, seconds }: ReproCell): string =>
	[
		"#!/bin/sh",
		`# Runs the cell ${id} of run ${run} again, without fuselab.`,
		"# Exit status: 0 it passed or was skipped, 1 it failed, 2 it cannot be told.",
		`for needed in ${pasteable(needs)}; do`,
		'	[ -e "$needed" ] || { echo "$needed is not there any more: `fuselab repro` makes it again." >&2; exit 2; }',
		"done",
		"folder=$(mktemp -d) || exit 2",
		`trap 'rm -rf "$folder"' EXIT`,
		"trap 'exit 130' INT",
		'cd "$folder" && mkfifo orders || exit 2',
		"# Open both ways: the guest must never see the end of its orders.",
		"exec 5<>orders",
		`printf '%s\\n' ${pasteable([order])} '{"type":"poweroff"}' >&5`,
		...bounded(boot, seconds),
		"# What a guest says must not steer the terminal.",
		"plain() { tr -d '\\000-\\010\\013-\\037\\177'; }",
		`plain <said | sed -n 's/^{"type":"tap",.*"line":"\\(.*\\)"}$/\\1/p' >tap`,
		`end=$(plain <said | grep '^{"type":"cell-end"' | tail -n 1)`,
		"cat tap",
		`if plain <console.log | grep -E -A 20 ${pasteable([TROUBLE])}; then echo 'FAIL: the kernel is in trouble'; exit 1; fi`,
		'case "$end" in',
		"'') echo 'The guest ended, or was ended, before the cell did. Its last words:' >&2",
		"	cat errors console.log | plain | tail -n 20 >&2; exit 2 ;;",
		`*'"unsupported":"'*) echo 'SKIP: the kernel cannot carry this mode'; exit 0 ;;`,
		`*'"stage":"done"'*) ;;`,
		`*) echo "$end" | sed 's/.*"stage":"\\([a-z-]*\\)","error":\\("[^"]*"\\|null\\).*/FAIL: \\1: \\2/'; exit 1 ;;`,
		"esac",
		"if grep '^ *not ok' tap | grep -v -q '# \\(TODO\\|SKIP\\)'; then echo 'FAIL: not ok'; exit 1; fi",
		`case "$end" in *'"found":"${mode}"'*) echo PASS ;; *) echo 'FAIL: not carried by ${mode}'; exit 1 ;; esac`,
		"",
	].join("\n");
