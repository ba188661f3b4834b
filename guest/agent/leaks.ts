/** Memory of the kernel that nothing points to any more, by kmemleak (Documentation/dev-tools/kmemleak.rst). */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LEAK_AGE_MS } from "../../orchestrator/domain/deadline.ts";

/** Most that is told, in characters. */
const LIMIT = 64 * 1024;

const KMEMLEAK = "/sys/kernel/debug/kmemleak";

/** Whether the machine's spec asks for it (orchestrator/machine/devices.ts). */
export const looksForLeaks: boolean = /(?:^|\s)fuselab_leaks=1(?:\s|$)/.test(readFileSync("/proc/cmdline", "utf8"));

/**
 * Has kmemleak look at all objects that are old enough. Twice, as the first look at a new object never tells of it: its
 * content has no checksum yet (mm/kmemleak.c:update_checksum, 7.3).
 */
const scan = async (): Promise<void> => {
	await sleep(LEAK_AGE_MS + 500);
	for (let look = 0; look < 2; look += 1) writeFileSync(KMEMLEAK, "scan");
};

let isReady = false;

/**
 * Forgets what the boot has lost, and gives true when it did: once is enough, as a guest in which a cell loses something
 * gets no other. Throws where the kernel cannot tell.
 */
export const forgetLeaks = async (): Promise<boolean> => {
	if (isReady) return false;
	if (!existsSync(KMEMLEAK))
		throw new Error("machine.leaks wants a kernel with kmemleak, such as `flavour: debug`, and this one has none");
	await scan();
	writeFileSync(KMEMLEAK, "clear");
	isReady = true;
	return true;
};

/** What nothing points to since then, in the kernel's words; empty when there is none. */
export const findLeaks = async (): Promise<string> => {
	await scan();
	return readFileSync(KMEMLEAK, "utf8").slice(0, LIMIT);
};
