import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { BareServer } from "../lib/bare-server.ts";
import { CAP_SYS_ADMIN, whileSet } from "../lib/bare-work.ts";

const PARAMETER = "/sys/module/fuse/parameters/max_user_bgreq";

/** Requests in the background are memory of the kernel's. */
export const testCase = defineCase({
	name: "transport/max-background-capped",
	proves: "The module parameter max_user_bgreq caps max_background of a server without CAP_SYS_ADMIN, and of no other.",
	decidedIn: "fs/fuse/inode.c:process_init_limits (Linux 7.3)",
	negativeControl: { own: "With the capability the server gets what it asks for." },
	needs: ["own-server"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const limitOf = async (server: BareServer): Promise<number> => {
			await whileSet(PARAMETER, 4, async () => await server.answerInit());
			return Number(await readFile(await server.controlFile("max_background"), "utf8"));
		};
		await using privileged = await BareServer.mount(lab, { name: "privileged", maxBackground: 64 });
		t.equal(await limitOf(privileged), 64, "with the capability");
		await using server = await BareServer.mount(lab, { maxBackground: 64 });
		await server.bare.must("drop", [CAP_SYS_ADMIN]);
		t.equal(await limitOf(server), 4, "without it");
	},
});
