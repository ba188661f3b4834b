import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { SecondServer } from "../lib/second-server.ts";

const GIVEN_BACK_MS = 5_000;

/** Pages that are pinned, whoever pinned them; reading stat_refresh adds up what each CPU has counted. */
const pinned = async (): Promise<number> => {
	await readFile("/proc/sys/vm/stat_refresh", "utf8");
	const text = await readFile("/proc/vmstat", "utf8");
	const count = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
	return count("nr_foll_pin_acquired") - count("nr_foll_pin_released");
};

/** A page that stays pinned can neither be moved nor freed. */
export const testCase = defineCase({
	name: "teardown/pool-pages-unpinned",
	proves: "While a server runs its pools are pinned, after its end not one page of them is.",
	decidedIn: "io_uring/rsrc.c:io_release_ubuf (Linux 7.3)",
	negativeControl: { own: "In between there are more." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 30_000,
	async check(t, lab) {
		const before = await pinned();
		{
			await using server = await SecondServer.start(lab);
			t.ok((await pinned()) > before, "while it runs there are more");
			await server.umount();
			await server.end();
		}
		const end = performance.now() + GIVEN_BACK_MS;
		while ((await pinned()) !== before && performance.now() < end) await setTimeout(100);
		t.equal(await pinned(), before, "afterwards there are as many as before");
	},
});
