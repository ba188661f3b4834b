/** When two sightings of trouble are one fault. */
import type { KernelFinding } from "./verdict.ts";

/** What differs between two sightings of one fault; line numbers in `file.c:123` stay, they tell faults apart. */
const identityOf = (title: string): string =>
	title
		.replaceAll(/0x[0-9a-f]+|\b[0-9a-f]{8,16}\b/gi, "ADDRESS")
		.replaceAll(/\bCPU[:#] ?\d+/g, "CPU")
		.replaceAll(/\bPID: \d+/g, "PID")
		.replaceAll(/\btask (\S+):\d+/g, "task $1")
		.replaceAll(/(\S+)\/\d+$/g, "$1")
		.replaceAll(/\[(\S+):\d+\]/g, "[$1]")
		.replaceAll(/\bfor (more than )?\d+ ?s\w*/g, "for $1N s")
		.replaceAll(/\[#\d+\]/g, "[#N]");

const placeOf = (title: string): string => /\b[\w./-]+\.[chS]:\d+/.exec(title)?.[0] ?? "";

/** The innermost functions say which fault it is, whoever ran into it; further out it is another caller's way there. */
const TELLING = 3;

export const isSameTrouble = (a: KernelFinding, b: KernelFinding): boolean => {
	if (a.kind !== b.kind) return false;
	// The console leaves out what printk thinks little of, stacks of hung tasks for one.
	if (a.functions.length === 0 || b.functions.length === 0) return identityOf(a.title) === identityOf(b.title);
	const [first, second] = [a, b].map(({ functions }) => functions.slice(0, TELLING).join(" "));
	return first === second && placeOf(a.title) === placeOf(b.title);
};

/** Every fault once, as it was seen first. */
export const distinctTrouble = (findings: readonly KernelFinding[]): readonly KernelFinding[] => {
	const distinct: KernelFinding[] = [];
	for (const finding of findings) {
		if (!distinct.some((known) => isSameTrouble(known, finding))) distinct.push(finding);
	}
	return distinct;
};
