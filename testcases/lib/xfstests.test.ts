import t from "tap";
import { linesOn, outcomeIn } from "./xfstests.ts";

const OUTPUT = `FSTYP         -- fuse
PLATFORM      -- Linux/x86_64 fuselab 7.3.4

generic/001        1s
generic/003       [not run] atime is not kept
generic/013 4s ... - output mismatch (see /results/generic/013.out.bad)
    --- tests/generic/013.out
    +++ /results/generic/013.out.bad
    -QA output created by 013
generic/0130       2s
Ran: generic/001 generic/003 generic/013 generic/0130
Not run: generic/003
Failures: generic/013
Failed 1 of 4 tests
`;

t.test("tells what passed, failed and did not run", async (t) => {
	t.same(outcomeIn(OUTPUT), {
		passed: ["generic/001", "generic/0130"],
		failed: ["generic/013"],
		notRun: ["generic/003"],
	});
	t.same(outcomeIn("Passed all 0 tests\n"), { passed: [], failed: [], notRun: [] });
});

t.test("gives a failed test's own lines, and no other's", async (t) => {
	t.match(linesOn(OUTPUT, "generic/013"), /^generic\/013 4s .*created by 013$/s);
	t.notMatch(linesOn(OUTPUT, "generic/013"), /0130/);
	t.equal(linesOn(OUTPUT, "generic/999"), "");
});
