import { statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** Nanoseconds, before 1970 and far from now. */
export const testCase = defineCase({
	name: "meta/times",
	proves: "Times that are set are in the store to the nanosecond, and stay when the file is read.",
	decidedIn: "fs/fuse/dir.c:fuse_do_setattr (Linux 7.3)",
	negativeControl: "times-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "x");
		for (const seconds of ["-5.25", "1.123456789", "4102444800.5"]) {
			const ended = await lab.run("touch", ["-d", `@${seconds}`, `${lab.mount}/file`]);
			t.equal(ended.status, 0, `touch takes ${seconds}`);
			const [mount, behind] = [`${lab.mount}/file`, `${lab.behind}/file`].map(
				(path) => statSync(path, { bigint: true }).mtimeNs,
			);
			const wanted = BigInt(Math.round(Number(seconds) * 1e3)) / 1n;
			t.equal(behind, mount, "store and mount agree");
			t.ok(
				mount !== undefined && (mount / 1_000_000n === wanted || mount / 1_000_000n === wanted - 1n),
				"on the time that was set",
			);
		}
	},
});
