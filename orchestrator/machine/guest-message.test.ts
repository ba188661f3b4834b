import t from "tap";
import { parseGuestMessage } from "./guest-message.ts";

const hello = {
	type: "hello",
	kernelRelease: "7.3.4",
	nodeVersion: "v24",
	cpus: 2,
	uptimeSeconds: 2.1,
	initSeconds: 0.1,
	nodeSeconds: 0.1,
	fuseUring: true,
	counters: false,
};

t.test("takes what the agent says", async (t) => {
	t.same(parseGuestMessage(JSON.stringify(hello)), hello);
	t.same(parseGuestMessage('{"type":"tap","id":"a","line":"ok 1"}'), { type: "tap", id: "a", line: "ok 1" });
});

t.test("takes the power over a terminal away, before anything is shown or kept", async (t) => {
	const said = { ...hello, kernelRelease: "7.3\u001b]0;owned\u0007\u001b[2J\n4" };
	t.match(parseGuestMessage(JSON.stringify(said)), { kernelRelease: "7.3 4" });
	const line = { type: "server-log", id: "a", line: "one\u001b[31m\rtwo\u202e" };
	t.match(parseGuestMessage(JSON.stringify(line)), { line: "one\ntwo" });
	const names = ["../x.gcda", "/etc/x.gcda", "x.gcda\u0000", ".gcda", "x.sh"];
	for (const file of names)
		t.equal(parseGuestMessage(JSON.stringify({ type: "counts", file, base64: "" })), undefined, file);
});

t.test("drops what is no message: the guest is an untrusted party", async (t) => {
	for (const line of [
		"",
		"[ 0.1] console noise",
		"null",
		"[]",
		'{"type":"root"}',
		'{"type":"tap","id":"a"}',
		'{"type":"tap","id":"a","line":7}',
		JSON.stringify({ ...hello, cpus: -1 }),
		JSON.stringify({ ...hello, extra: "field" }),
		JSON.stringify({ type: "cell-start", id: "x".repeat(1000) }),
		JSON.stringify(hello).slice(0, 40),
	])
		t.equal(parseGuestMessage(line), undefined, line.slice(0, 30));
});
