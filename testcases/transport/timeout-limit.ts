import type { Lab } from "../case.ts";
import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { type BareOptions, BareServer } from "../lib/bare-server.ts";
import { codeWithin, holdRead, whileSet } from "../lib/bare-work.ts";

const SECOND_LOOK_MS = 30_000;

/** What counts is what the sysctl is when the reply to INIT is read. */
const mountWith = async (lab: Lab, sysctl: string, value: number, options: BareOptions): Promise<BareServer> =>
	await whileSet(`/proc/sys/fs/fuse/${sysctl}`, value, async () => await BareServer.start(lab, options));

/** Three connections wait side by side, one of which has no time-out. */
export const testCase = defineCase({
	name: "transport/timeout-limit",
	proves:
		"The sysctl max_request_timeout shortens the time-out that a server asks for, and default_request_timeout stands in for a missing one.",
	decidedIn: "fs/fuse/req_timeout.c:fuse_init_server_timeout (Linux 7.3)",
	negativeControl: { own: "A request on a mount without either still waits when the others have ended." },
	needs: ["own-payload", "own-server"],
	timeoutMs: 50_000,
	async check(t, lab) {
		await using free = await BareServer.start(lab, { name: "free" });
		await using limited = await mountWith(lab, "max_request_timeout", 15, { name: "limited", requestTimeout: 600 });
		await using usual = await mountWith(lab, "default_request_timeout", 15, { name: "usual" });
		const end = performance.now() + SECOND_LOOK_MS + 5_000;
		const ends: Promise<string>[] = [];
		for (const server of [limited, usual, free]) {
			await setUpQueues(server, lab.mode);
			ends.push((await holdRead(server)).ended);
		}
		const [ofLimited, ofUsual, ofFree] = ends;
		for (const [ended, what] of [
			[ofLimited, "max_request_timeout"],
			[ofUsual, "default_request_timeout"],
		] as const)
			t.equal(await codeWithin(ended ?? Promise.reject(), end - performance.now()), "ECONNABORTED", what);
		t.equal(await codeWithin(ofFree ?? Promise.reject(), 0), "waits", "without either the request waits");
	},
});
