/** Some of the faults of docs/reliability.md, the quickest: each is told, and nothing is left. The page has them all. */
import t from "tap";
import { FAULTS } from "../orchestrator/reliability/faults.ts";
import { injectFault } from "../orchestrator/reliability/inject.ts";

const EXPECTED = [
	["agent killed in mid-cell", "2", /broken, lab: .*agent ended, signal 9/],
	["channel cut in mid-line", "2", /broken, lab: the guest ended/],
	["100 kB of rubbish on the channel", "0", /^pass/],
	["a line without end on the channel", "2", /line of more than 16 MiB/],
	["console flooded with 1 GB", "2", /console went beyond 32 MiB/],
	["kernel panic", "1", /fail, kernel-log: Kernel panic/],
	["guest's clock jumps a day ahead", "0", /^pass/],
	["user-mode Linux killed at boot", "0", /^pass/],
	["fuselab gets SIGHUP at cell", "130", /interrupted/],
	["fuselab gets SIGKILL at build", "SIGKILL", /unpacking/],
	["file system of the results full", "69", /No space left/],
	["standard output on a full device", "69", /could not be written to standard output/],
	["two runs at once, of one config", "0", /^pass/],
] as const;

for (const [what, status, reported] of EXPECTED)
	t.test(what, async (t) => {
		const fault = FAULTS.find((one) => one.what === what);
		if (fault === undefined) throw new Error(`there is no fault "${what}"`);
		const outcome = await injectFault(fault);
		t.equal(outcome.status, status, "exit status", outcome);
		t.match(outcome.reported, reported);
		t.same(outcome.left, [], "nothing is left");
	});

t.equal(new Set(FAULTS.map(({ what }) => what)).size, FAULTS.length, "each fault has a name of its own");
