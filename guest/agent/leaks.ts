/** Memory of the kernel that nothing points to any more, by kmemleak (Documentation/dev-tools/kmemleak.rst). */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LEAK_AGE_MS } from "../../orchestrator/domain/deadline.ts";

/** Most that is told, in characters. */
const LIMIT = 64 * 1024;

const KMEMLEAK = "/sys/kernel/debug/kmemleak";

/** Whether the machine's spec asks for it (orchestrator/machine/devices.ts). */
export const looksForLeaks: boolean = /(?:^|\s)fuselab_leaks=1(?:\s|$)/.test(readFileSync("/proc/cmdline", "utf8"));

/** Forgets what nothing points to so far. Throws where the kernel cannot tell. */
export const forgetLeaks = (): void => {
	if (!existsSync(KMEMLEAK))
		throw new Error("machine.leaks wants a kernel with kmemleak, such as `flavour: debug`, and this one has none");
	writeFileSync(KMEMLEAK, "scan");
	writeFileSync(KMEMLEAK, "clear");
};

/**
 * What nothing has pointed to in two scans, in the kernel's words; empty when there is none. The first scan never tells of
 * a new object, as its content has no checksum yet (mm/kmemleak.c:update_checksum, 7.3).
 */
export const findLeaks = async (): Promise<string> => {
	await sleep(LEAK_AGE_MS + 500);
	for (let scan = 0; scan < 2; scan += 1) writeFileSync(KMEMLEAK, "scan");
	return readFileSync(KMEMLEAK, "utf8").slice(0, LIMIT);
};
