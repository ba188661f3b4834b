import t from "tap";
import { functionIn, messagesOf, sanitise } from "./console.ts";

t.test("sanitises but keeps the shape of the text", async (t) => {
	t.equal(sanitise("\u001b[31mred\u001b[0m\u0007\ttab\r\nnext\rover\u0000"), "red\ttab\nnext\nover");
	t.equal(sanitise("\u001b]0;title\u0007shown \u001b]8;;http://x\u001b\\link \u009b2Jgone"), "shown link gone");
	t.equal(sanitise("a\u202eb\u200bc"), "abc");
	t.equal(sanitise("cut \u001b["), "cut ");
});

t.test("messages lose their stamps; one that begins behind other text gets a line of its own", async (t) => {
	t.same(messagesOf("[    1.000000][  T12] one\nready> <4>[    2.000000] two"), ["one", "ready> <4>", "two"]);
});

t.test("a function of a stack, but none that was only found lying around", async (t) => {
	t.equal(functionIn(" [<600305c9>] show_stack.cold+0x30/0x146"), "show_stack.cold");
	t.equal(functionIn("RIP: 0010:fuse_x+0x1/0x2"), "fuse_x");
	t.equal(functionIn(" ? fuse_x+0x1/0x2"), undefined);
	t.equal(functionIn("fuse: init"), undefined);
});
