/** How much of the guest's memory nobody answers for. */
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { dropCaches } from "./caches.ts";

/** What ended may still be giving its memory back. */
const SETTLES_MS = 1_000;
const OWNED = [
	"MemFree",
	"Buffers",
	"Cached",
	"AnonPages",
	"Slab",
	"KernelStack",
	"PageTables",
	"VmallocUsed",
	"Percpu",
];

/** Free pages that wait in lists of the CPUs, and so are not in MemFree. */
const onCpusKiB = async (): Promise<number> => {
	const counts = (await readFile("/proc/zoneinfo", "utf8")).matchAll(/^ +count: +(\d+)$/gm);
	return [...counts].reduce((sum, [, count]) => sum + 4 * Number(count), 0);
};

/** Memory that is not free and that nothing in /proc/meminfo owns: pages that somebody still refers to, and what the kernel took by the page. */
export const unownedKiB = async (): Promise<number> => {
	await setTimeout(SETTLES_MS);
	await dropCaches();
	const text = await readFile("/proc/meminfo", "utf8");
	const kibOf = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text)?.[1] ?? 0);
	return OWNED.reduce((left, name) => left - kibOf(name), kibOf("MemTotal") - (await onCpusKiB()));
};
