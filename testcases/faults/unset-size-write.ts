import { defineCase } from "../case.ts";
import { FAILING_WRITES } from "../lib/orders.ts";
import { failedWrite } from "../lib/spoilt-request.ts";

/** For a WRITE the kernel has left the length of the data in the field, and the reply is 8 bytes. */
export const testCase = defineCase({
	name: "faults/unset-size-write",
	proves: "A WRITE whose server forgot to set the payload's size is EINVAL to the client.",
	decidedIn: "fs/fuse/dev.c:fuse_copy_out_args (Linux 7.3)",
	negativeControl: FAILING_WRITES,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await failedWrite(t, lab, { fault: "keep-size" }, "EINVAL");
	},
});
