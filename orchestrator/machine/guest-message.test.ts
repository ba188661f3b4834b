import t from "tap";
import { parseGuestMessage } from "./guest-message.ts";

const hello = {
	type: "hello",
	kernelRelease: "7.3.4",
	nodeVersion: "v24",
	cpus: 2,
	uptimeSeconds: 2.1,
	fuseUring: true,
	counters: false,
};

t.test("takes what the agent says", async (t) => {
	t.same(parseGuestMessage(JSON.stringify(hello)), hello);
	t.same(parseGuestMessage('{"type":"tap","id":"a","line":"ok 1"}'), { type: "tap", id: "a", line: "ok 1" });
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
