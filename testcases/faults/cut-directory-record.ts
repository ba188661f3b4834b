import { readdir, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { OPCODE, orderFault, statsOf } from "../lib/orders.ts";

/** The kernel takes whole records, and asks again from the offset of the last one. */
export const testCase = defineCase({
	name: "faults/cut-directory-record",
	proves: "A READDIRPLUS reply that ends inside a record loses no name and doubles none.",
	decidedIn: "fs/fuse/readdir.c:parse_dirplusfile, parse_dirfile (Linux 7.3)",
	negativeControl: { type: "fault", fault: "short-reply", opcode: OPCODE.readdirplus, value: 1_000_000, count: 1000 },
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const wanted = Array.from({ length: 300 }, (_, index) => `name-${String(index).padStart(4, "0")}`);
		for (const name of wanted) await writeFile(`${lab.behind}/${name}`, "");
		await orderFault(lab, { fault: "short-reply", opcode: OPCODE.readdirplus, value: 16 });
		t.same((await readdir(lab.mount)).sort(), wanted, "every name, once");
		t.equal((await statsOf(lab)).faultsTaken, 1, "and a reply was cut");
	},
});
