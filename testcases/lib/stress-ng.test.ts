import t from "tap";
import { stressorsIn } from "./stress-ng.ts";

t.test("reads which stressors passed, failed or were skipped", async (t) => {
	const output = [
		"stress-ng: info:  [12] skipped: 1: verity (1)",
		"stress-ng: info:  [12] passed: 2: hdd (1) sync-file (1)",
		"stress-ng: info:  [12] failed: 0",
		"stress-ng: info:  [12] metrics untrustworthy: 0",
	].join("\n");
	t.same(stressorsIn(output, "passed"), ["hdd", "sync-file"]);
	t.same(stressorsIn(output, "skipped"), ["verity"]);
	t.same(stressorsIn(output, "failed"), []);
});
