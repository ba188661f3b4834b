import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { putBehind } from "../lib/direct-read.ts";
import { MemoryCgroup } from "../lib/memory-cgroup.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const LENGTH = 32 << 20;
/** Room for a shell, dd and a few requests, not for the file. */
const LIMIT = 8 << 20;

/** Reclaim must not wait for the server: its pages are another's. */
export const testCase = defineCase({
	name: "transport/memory-cgroup-load",
	proves:
		"A client whose memory cgroup is a quarter of a file copies it through the page cache, and every byte is right.",
	decidedIn: "mm/memcontrol.c:try_charge_memcg; fs/fuse/file.c:fuse_readahead (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 60_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, LENGTH);
		await dropCaches();
		await using cgroup = await MemoryCgroup.create(lab, LIMIT);
		const copied = await cgroup.run("dd", [`if=${path}`, `of=${lab.mount}/copy`, "bs=64k", "conv=fsync"]);
		t.equal(copied.status, 0, "the copy is made", { stderr: copied.stderr.split("\n") });
		t.ok((await cgroup.events("max")) > 0, "the limit was met");
		t.equal(await cgroup.events("oom_kill"), 0, "and nobody died of it");
		sameBytes(t, await readFile(`${lab.behind}/copy`), content, "the store has the same bytes");
	},
});
