import { statfs } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { FAILING_STATFS, OPCODE, orderFault } from "../lib/orders.ts";

/** A STATFS reply has one size; no other request of this case is a STATFS, as names are looked up again and again. */
export const testCase = defineCase({
	name: "faults/wrong-size-statfs",
	proves: "A reply of fixed size that is a byte too long or too short is EINVAL to the client, and the next is right.",
	decidedIn: "fs/fuse/dev.c:fuse_copy_out_args (Linux 7.3)",
	negativeControl: FAILING_STATFS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { blocks } = await statfs(lab.mount);
		for (const fault of ["long-reply", "short-reply"] as const) {
			await orderFault(lab, { fault, opcode: OPCODE.statfs, value: 1 });
			await t.rejects(statfs(lab.mount), { code: "EINVAL" }, `${fault}: the client gets EINVAL`);
			t.equal((await statfs(lab.mount)).blocks, blocks, `${fault}: the next one is right`);
		}
	},
});
