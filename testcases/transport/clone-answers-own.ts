import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, ERRNO, openFile } from "../lib/bare-work.ts";

/** Each descriptor has requests of its own, so that threads do not meet at a lock. */
export const testCase = defineCase({
	name: "transport/clone-answers-own",
	proves:
		"A request that was read from a cloned /dev/fuse is answered by way of that one; by way of the mount's it is ENOENT.",
	decidedIn: "fs/fuse/dev.c:fuse_dev_ioctl_clone, fuse_dev_do_write (Linux 7.3)",
	negativeControl: { own: "The same reply is refused by one descriptor and taken by the other." },
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { flags: 0n });
		const clone = await server.cloneDevice();
		const { client, fd } = await openFile(server);
		const reading = codeOf(client.read(fd, 4096, 0));
		const request = await server.read(5_000, clone);
		if (request === null || typeof request === "number")
			return void t.fail(`nothing is read from the clone: ${request}`);
		t.equal(request.opcode, OP.read, "the READ is read from the clone");
		const asIf = { ...request, via: { kind: "device", fd: server.fd } } as const;
		t.equal(await server.reply(asIf), -ERRNO.ENOENT, "the mount's descriptor does not know it");
		t.ok(((await server.reply(request)) ?? 0) > 0, "the clone takes the reply");
		t.equal(await reading, "ok", "the read ends well");
	},
});
