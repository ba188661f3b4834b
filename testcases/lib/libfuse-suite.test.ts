import t from "tap";
import { outcomesIn } from "./libfuse-suite.ts";

t.test("reads the runner's line of each finished test", async (t) => {
	const output = [
		"running 3 tests from /usr/src/fuse3/test/cases in /run/x",
		"+   0.001s START mount/attrs-ro-hello",
		"+   0.512s PASS  mount/attrs-ro-hello                                 0.51s",
		"+   0.731s SKIP  mount/mountpoint-validation                          0.22s  needs to run as non-root",
		"+  61.004s FAIL  notify/prune                                        60.01s  timeout after 60s",
		"",
		"3 tests: 1 passed, 1 failed, 1 skipped in 61.0s (-j2)",
	].join("\n");
	t.same(outcomesIn(output), [
		{ status: "PASS", name: "mount/attrs-ro-hello", reason: "" },
		{ status: "SKIP", name: "mount/mountpoint-validation", reason: "needs to run as non-root" },
		{ status: "FAIL", name: "notify/prune", reason: "timeout after 60s" },
	]);
});
