import { defineCase, type Lab } from "../case.ts";
import { SecondServer } from "../lib/second-server.ts";
import { unownedKiB } from "../lib/unowned-memory.ts";

const ROUNDS = 4;
const MIB = 1024;
/** Pages on their way between lists, of all rounds; a leak has two MiB and more in each. */
const NOISE_KIB = 5 * MIB;

/** A server that lives as long as a few requests, whose largest buffers each have some. */
const serveOnce = async (lab: Lab): Promise<void> => {
	await using server = await SecondServer.start(lab);
	const write = async (name: string): ReturnType<Lab["run"]> =>
		await lab.run("dd", ["if=/dev/zero", `of=${server.mount}/${name}`, "bs=1M", "count=4", "oflag=direct"]);
	for (const { status, stderr } of await Promise.all(["a", "b", "c"].map(write)))
		if (status !== 0) throw new Error(`a write failed: ${stderr}`);
	await lab.run("rm", ["-r", `${server.behind}/a`, `${server.behind}/b`, `${server.behind}/c`]);
	await server.umount();
	await server.end();
};

/** Every page that a request is copied to is held for as long as that takes. */
export const testCase = defineCase({
	name: "teardown/payload-pages-come-back",
	proves: "After four rounds of a server with direct writes no more memory is without an owner than after the first.",
	decidedIn: "fs/fuse/dev.c:fuse_copy_finish (Linux 7.3)",
	negativeControl: { own: "Each round's writes alone are more than what may be missing at the end." },
	needs: ["own-server"],
	timeoutMs: 60_000,
	async check(t, lab) {
		await serveOnce(lab);
		const before = await unownedKiB();
		for (let round = 0; round < ROUNDS; round += 1) await serveOnce(lab);
		const lost = (await unownedKiB()) - before;
		t.ok(lost < NOISE_KIB, `${lost} KiB more than after the first have no owner after ${ROUNDS} rounds`, { before });
	},
});
