import t from "tap";
import { bytesOfDump } from "./xfs-io.ts";

t.test("reads the bytes of a dump and nothing else", async (t) => {
	const dump = [
		"00000000:  68 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 61 67 61  hello.world..aga",
		"00000010:  69 6e  in",
		"read 18/18 bytes at offset 0",
		"18.000000 bytes, 1 ops; 0.0000 sec (4.000 KiB/sec and 228.5714 ops/sec)",
	].join("\n");
	t.equal(bytesOfDump(dump).toString(), "hello world, again");
});
