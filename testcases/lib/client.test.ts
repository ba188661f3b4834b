import { execFileSync } from "node:child_process";
import { constants } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { Client, MAP, PROT } from "./client.ts";

const SOURCES = ["aio.c", "client.c", "maps.c", "move.c"].map((name) =>
	fileURLToPath(new URL(`../../../guest/client/${name}`, import.meta.url)),
);

t.test("moves bytes, and says an error by its name", async (t) => {
	const program = `${t.testdir()}/client`;
	execFileSync("gcc", ["-Wall", "-Wextra", "-Werror", "-o", program, ...SOURCES]);
	await using client = Client.start(program);
	const fd = await client.open(`${t.testdirName}/file`, constants.O_RDWR | constants.O_CREAT);
	const bytes = Buffer.from("one\ntwo\0three");
	t.equal(await client.write(fd, bytes, 5, { skew: 7, pieces: 3 }), bytes.length);
	t.same(await client.read(fd, 100, 5, { skew: 1 }), bytes);
	const both = await Promise.all([client.spliceRead(fd, 3, 5), client.read(fd, 3, 9)]);
	t.same(both.map(String), ["one", "two"], "answers find their orders");
	const map = await client.map(fd, 8192, PROT.read, MAP.shared);
	t.same(await client.mapRead(map, 3, 5), Buffer.from("one"));
	await t.rejects(client.mapRead(map, 1, 5000), { code: "EFAULT" }, "beyond the last page");
	await t.rejects(client.open("/nowhere/at/all", 0), { code: "ENOENT" });
	await t.rejects(client.close(99), { code: "EBADF" });
	process.kill(client.pid, "SIGKILL");
	await t.rejects(client.sync(fd), /client process/, "a client that is gone answers nothing");
});
