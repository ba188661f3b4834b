/** Counts of a kernel that was built to count its lines, as gcov's debugfs has them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { GuestMessage } from "../../orchestrator/domain/channel.ts";

const GCOV = "/sys/kernel/debug/gcov";

/** Sends a message for each source file that counts; nothing on any other kernel. */
export const sendCounts = (send: (message: GuestMessage) => void): void => {
	let names: readonly string[];
	try {
		names = readdirSync(GCOV, { recursive: true, encoding: "utf8" });
	} catch {
		return;
	}
	for (const name of names.filter((file) => file.endsWith(".gcda")))
		send({ type: "counts", file: path.basename(name), base64: readFileSync(path.join(GCOV, name), "base64") });
};
