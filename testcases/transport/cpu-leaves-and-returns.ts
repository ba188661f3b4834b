import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { difference } from "../lib/same-bytes.ts";

const LENGTH = 4 * 4096;
const ONLINE = "/sys/devices/system/cpu/cpu1/online";
const READS = 40;

/** There is a queue for every possible CPU, and none is stopped with its CPU; only nobody asks it any more. */
export const testCase = defineCase({
	name: "transport/cpu-leaves-and-returns",
	proves: "While a CPU goes offline and comes back, requests under way and new ones on every CPU end and are right.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_task_to_queue (Linux 7.3)",
	negativeControl: "read-data",
	needs: ["cpu-hotplug", "fresh"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, LENGTH);
		const online = async (value: "0" | "1"): Promise<void> => {
			await writeFile(ONLINE, value);
			t.equal((await readFile(ONLINE, "utf8")).trim(), value, `CPU 1 is ${value === "1" ? "back" : "gone"}`);
		};
		const outcomes = new Set<string>();
		let reads = 0;
		let isOver = false;
		const reader = async (): Promise<void> => {
			while (!isOver) {
				outcomes.add(difference(await readDirect(path, LENGTH), content));
				reads += 1;
			}
		};
		const moreReads = async (): Promise<void> => {
			for (const until = reads + READS; reads < until; ) await readDirect(path, LENGTH);
		};
		const coming = async (): Promise<void> => {
			await moreReads();
			await online("0");
			await moreReads();
			await online("1");
			await moreReads();
			const args = ["-c", "1", "dd", `if=${path}`, "of=/dev/null", "bs=4096", "iflag=direct"];
			t.equal((await lab.run("taskset", args)).status, 0, "a client on CPU 1 is served again");
		};
		const readers = [reader(), reader(), reader(), reader()];
		await coming().finally(() => {
			isOver = true;
		});
		await Promise.all(readers);
		t.same([...outcomes], ["same"], `${reads} reads are right`);
	},
});
