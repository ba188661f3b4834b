import path from "node:path";
import t from "tap";
import { run } from "./process.ts";

const { signal } = new AbortController();

t.test("a program that is not installed is named, and set-up with it", async (t) => {
	const missing = { code: "tool-missing", message: /^no-such-program is not installed/, hint: /fuselab setup/ };
	await t.rejects(run("no-such-program", ["x"], { signal }), missing);
	await t.rejects(run("no-such-program", [], { signal, logFile: path.join(t.testdir(), "log") }), missing);
});

t.test("a program that fails is told with its status and its last words", async (t) => {
	const failing = run("sh", ["-c", "echo why >&2; exit 127"], { signal, logFile: path.join(t.testdir(), "log") });
	await t.rejects(failing, { code: "host-unsupported", message: /exited with status 127/, evidence: ["why"] });
	await t.rejects(run("sleep", ["9"], { signal, timeoutMs: 50 }), { message: /did not end within 0.05 s/ });
	const { exitCode } = await run("false", [], { signal, okStatus: [1] });
	t.equal(exitCode, 1);
});
