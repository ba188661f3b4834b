import t from "tap";
import { hasFailed, readTap, TapReader } from "./read-tap.ts";

const read = (text: string) => readTap(text.split("\n"));

/** What the guest's tap prints for a case with one failed assertion in a subtest. */
const TAP14 = `TAP version 14
# Subtest: one
    ok 1 - a \\# b
    not ok 2 - differs
      ---
      compare: ===
      diff: |
        --- expected
        +++ actual
        @@ -1,1 +1,1 @@
        -2
        +1
      ...
    
    1..2
not ok 1 - one # time=24.562ms
  ---
  at:
    lineNumber: 2

  source: |
    not ok 7 - this is text
    ---
  ...

ok 2 - two # SKIP no reason
ok 3 - three # TODO
# hello
not ok 4 - x y
1..4
# { total: 6, pass: 1, fail: 2, todo: 1, skip: 2 }
# time=57.147ms`;

t.test("reads tap's own stream: outer points count, inner ones explain", async (t) => {
	const { points, planned, faults } = read(TAP14);
	t.equal(planned, 4);
	t.equal(faults, undefined);
	t.same(
		points.map(({ ok, name, directive, reason }) => [ok, name, directive, reason]),
		[
			[false, "one", undefined, undefined],
			[true, "two", "skip", "no reason"],
			[true, "three", "todo", undefined],
			[false, "x y", undefined, undefined],
		],
	);
	const diagnostics = points[0]?.diagnostics ?? [];
	t.equal(diagnostics[0], "not ok 2 - differs");
	t.ok(diagnostics.includes("  --- expected"), "a YAML block keeps lines that look like its borders");
	t.ok(diagnostics.includes("  not ok 7 - this is text"), "a YAML block keeps lines that look like results");
	t.same(points[2]?.diagnostics, ["# hello"]);
	t.same(points[3]?.diagnostics, [], "tap's closing counts belong to no point");
});

t.test("reads KTAP with nested tests and printk in between", async (t) => {
	const { points, planned } = read(`KTAP version 1
1..3
  KTAP version 1
  # Subtest: fuse_ring
  1..2
  ok 1 alloc
    # free: EXPECTATION FAILED at fs/fuse/test.c:10
  not ok 2 free
  # fuse_ring: pass:1 fail:1
not ok 1 fuse_ring
[   12.000000] random: crng init done
ok 2 second # XFAIL known
not ok 3 third # TIMEOUT 45 seconds`);
	t.equal(planned, 3);
	t.same(
		points.map(({ name, directive, reason }) => [name, directive, reason]),
		[
			["fuse_ring", undefined, undefined],
			["second", "xfail", "known"],
			["third", "timeout", "45 seconds"],
		],
	);
	t.ok(points[0]?.diagnostics.includes("not ok 2 free"));
	t.notOk(points[0]?.diagnostics.includes("ok 1 alloc"));
});

t.test("knows which points count against the subject", async (t) => {
	for (const [line, failed] of [
		["ok 1 - a", false],
		["not ok 1 - a", true],
		["not ok 1 - a # SKIP: no nvme", false],
		["not ok 1 - a # TODO later", false],
		["not ok 1 - a # xfail", false],
		["ok 1 - a # TIMEOUT", true],
		["ok 1 - a # ERROR broke", true],
		["not ok 1 - a # FLAKY unknown directives change nothing", true],
		["ok 1 - a # FLAKY unknown directives change nothing", false],
	] as const) {
		const [point] = read(line).points;
		t.equal(point && hasFailed(point), failed, line);
	}
});

t.test("takes results without number, dash or name", async (t) => {
	t.same(
		read("ok\nnot ok\nok 3\nok - four\nok 5 -5 is negative\nok 6 - buffered {").points.map(({ name }) => name),
		["", "", "", "four", "-5 is negative", "buffered"],
	);
	t.same(read("okay\nok, fine\nnot okay\nnotok 1").points, []);
});

t.test("knows a plan first, last, absent, skipped, empty and double", async (t) => {
	t.equal(read("1..1\nok 1").planned, 1);
	t.equal(read("ok 1\n1..1").planned, 1);
	t.equal(read("ok 1").planned, undefined);
	t.match(read("1..0 # SKIP no nvme disk"), { planned: 0, skippedAll: "no nvme disk" });
	t.match(read("1..0 # Skipped"), { planned: 0, skippedAll: "no reason given" });
	t.match(read("1..0"), { planned: 0, skippedAll: undefined });
	t.match(read("1..1\nok 1\n1..1").faults, [/more than one plan/]);
});

t.test("stops at a bail-out, wherever it stands", async (t) => {
	const outer = read("ok 1\nBail out! mount is gone\nok 2");
	t.equal(outer.bailedOut, "mount is gone");
	t.equal(outer.points.length, 1);
	t.equal(read("    ok 1\n    Bail out!").bailedOut, "no reason given");
	t.equal(read("not ok 1\n  ---\n  text: |\n    Bail out! quoted\n  ...\n1..1").bailedOut, undefined);
});

t.test("names points that come out of order", async (t) => {
	t.match(read("1..3\nok 1\nok 3\nok 3").faults, ["point 3 came where 2 was due"]);
});

t.test("gives a sound summary wherever the stream is cut", async (t) => {
	for (let length = 0; length <= TAP14.length; length += 1) {
		const { points, planned } = read(TAP14.slice(0, length));
		// The plan is last here: before it the stream must never look complete.
		if (length < TAP14.indexOf("1..4") + 4 && planned !== undefined && planned <= points.length)
			t.fail(`complete after ${length} characters`);
	}
	t.match(read("not ok 1 - a\n  ---\n  at: 1\nok 2 - b\n1..2").points, [{ diagnostics: ["at: 1"] }, { name: "b" }]);
});

t.test("stays bounded and clean whatever comes", async (t) => {
	t.equal(read("ok 1 - \u001b[31mred\u001b[0m\u0007 \u202eevil").points[0]?.name, "red evil");
	const noisy = read(`not ok 1 - a\n${"# noise\n".repeat(1000)}`).points[0]?.diagnostics;
	t.equal(noisy?.length, 40);
	t.equal(noisy?.at(-1), "(more was left out)");
	const reader = new TapReader();
	for (let count = 0; count < 100_001; count += 1) reader.push("ok");
	t.equal(reader.end().points.length, 100_000);
	t.match(reader.end().faults, [/more than 100000 points/]);
	const started = performance.now();
	for (const line of [
		`ok 1 ${" ".repeat(1e6)}#`,
		`ok ${"# ".repeat(5e5)}`,
		`1..1${" ".repeat(1e6)}x`,
		`#time=a`.repeat(1e5),
	])
		t.ok((read(line).points[0]?.name.length ?? 0) <= 1000);
	t.ok(performance.now() - started < 2000, "in reasonable time");
});

t.test("strips carriage returns", async (t) => {
	t.match(read("1..1\r\nok 1 - a\r"), { planned: 1, points: [{ ok: true, name: "a" }] });
});
