import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import t from "tap";
import { BareProcess } from "./bare-process.ts";

const SOURCES = ["bare.c", "bare-ring.c"].map((file) =>
	fileURLToPath(new URL(`../../../guest/client/${file}`, import.meta.url)),
);

t.test("obeys order after order, and says an error by its number", async (t) => {
	const program = `${t.testdir()}/bare`;
	execFileSync("gcc", ["-Wall", "-Wextra", "-Werror", "-o", program, ...SOURCES]);
	const { bare, arena } = await BareProcess.start([], program);
	await using _ = bare;
	t.equal(arena % 4096, 0, "the arena begins with a page");
	t.equal(await bare.must("poke", [4096, Buffer.from("one")]), 3);
	t.match(await bare.order("peek", [4095, 5]), { kind: "memory", data: "006f6e6500" });
	t.match(await bare.order("poke", [4096, "0x"]), { result: -34 }, "what is no byte");
	t.match(await bare.order("peek", [16 << 20, 1]), { result: -34 }, "behind the arena");
	t.match(await bare.order("close", [99]), { result: -9 });
	t.match(await bare.order("dance"), { result: -38 });
	await t.rejects(bare.must("submit", [0, Buffer.alloc(128)]), /submit gave errno 22/, "there is no ring");
	const started = performance.now();
	t.match(await bare.order("wait", [50, 1], 50), { kind: "nothing" });
	t.ok(performance.now() - started >= 45, "a wait takes its time");
	process.kill(bare.pid, "SIGKILL");
	await t.rejects(bare.order("peek", [0, 1]), /the bare server/, "one that is gone answers nothing");
});
