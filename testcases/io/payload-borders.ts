import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { directStepBytes } from "../lib/direct-step.ts";
import { LYING_READS } from "../lib/orders.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The server's payload buffer is as long as the largest request. */
export const testCase = defineCase({
	name: "io/payload-borders",
	proves: "Direct writes and reads just below, at and above the payload buffer's length move exactly their bytes.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_copy_to_ring, fuse_uring_copy_from_ring (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT);
		const payload = lab.server?.payloadBytes ?? 0;
		const step = directStepBytes(lab.store);
		for (const length of [payload - step, payload, payload + step]) {
			const bytes = patternOf(length, length);
			await client.write(fd, bytes, 0);
			sameBytes(t, (await readFile(`${lab.behind}/file`)).subarray(0, length), bytes, `${length} bytes are stored`);
			sameBytes(t, await client.read(fd, length, 0), bytes, "and read back");
		}
	},
});
