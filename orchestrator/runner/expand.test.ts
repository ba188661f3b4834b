import t from "tap";
import type { LabConfig } from "../domain/lab-config.ts";
import { expand, type KnownCase } from "./expand.ts";
import { jobsOf, roomOf } from "./jobs.ts";

const kernel = (name: string) => ({
	name,
	source: { kind: "debian" as const, package: "linux-source-7.3", suite: "trixie-backports" },
	series: [],
	fragments: ["slim"],
});
const config: LabConfig = {
	file: "/c/quick.yaml",
	text: "",
	name: "quick",
	kernels: [kernel("a"), kernel("b")],
	cpus: [2],
	libfuse: { kind: "debian" },
	machine: { kind: "auto", cpus: 2, memoryMiB: 2048, nvmeMiB: 1024 },
	modes: ["devfuse", "uring-libfuse"],
	stores: ["tmpfs", "nvme-ext4"],
	server: {
		queueDepth: 8,
		lies: [],
		memlockBytes: null,
		sysctls: {},
		options: {},
		command: null,
		libfuse: "/opt/libfuse",
		user: "root",
		build: "plain",
	},
	cases: ["meta/stat", "io/append"],
	figures: "quick",
	repeat: 2,
	xfstests: null,
	allow: [],
};
const known: readonly KnownCase[] = [{ name: "io/append" }, { name: "io/other" }, { name: "meta/stat" }];

t.test("multiplies everything out, each id once", async (t) => {
	const { cells, ruledOut } = expand(config, known);
	t.equal(cells.length, 2 * 2 * 2 * 2 * (2 + 6));
	t.equal(new Set(cells.map(({ id }) => id)).size, cells.length);
	t.same(ruledOut, []);
	t.equal(cells[0]?.id, "a/devfuse/tmpfs/io/append#1");
	t.equal(cells.at(-1)?.id, "b/uring-libfuse/nvme-ext4/quick/randread-buffered#2");
});

t.test("keeps a kernel's cells together, checks before figures, a round before the next", async (t) => {
	const { cells } = expand(config, known);
	const keys = cells.map(({ kernel: name, work, repeat, mode, store }) =>
		[name, work.kind, repeat, mode, store].join(" "),
	);
	const runs = keys.filter((key, index) => key !== keys[index - 1]);
	t.equal(runs.length, new Set(runs).size, "no group is left and entered again");
	t.same(runs.slice(0, 5), [
		"a check 1 devfuse tmpfs",
		"a check 1 devfuse nvme-ext4",
		"a check 1 uring-libfuse tmpfs",
		"a check 1 uring-libfuse nvme-ext4",
		"a check 2 devfuse tmpfs",
	]);
	t.ok(runs.indexOf("a figure 1 devfuse tmpfs") > runs.indexOf("a check 2 uring-libfuse nvme-ext4"));
});

t.test("leaves out what was not asked for or does not exist", async (t) => {
	t.equal(expand({ ...config, figures: "none" }, known).cells.length, 32);
	t.equal(expand({ ...config, cases: [], figures: "none" }, known).cells.length, 0);
	t.equal(expand({ ...config, figures: "none" }, [{ name: "io/append" }]).cells.length, 16);
});

t.test("rules out jobs that the store cannot hold, with the reason", async (t) => {
	const { cells, ruledOut } = expand({ ...config, cases: [], figures: "cover-letter", repeat: 1 }, known);
	t.equal(cells.length, 0);
	t.equal(ruledOut.length, 2 * 2 * 2 * 8);
	t.match(ruledOut[0], {
		id: "a/devfuse/tmpfs/cover-letter/read-direct#1",
		reason: "its files take 2048 MiB and tmpfs holds about 1536 MiB with machine.memory of 2048 MiB",
	});
	const roomy = { ...config.machine, memoryMiB: 4096, nvmeMiB: 4096 };
	t.same(expand({ ...config, figures: "cover-letter", machine: roomy }, known).ruledOut, []);
});

t.test("rules out NVMe on user-mode Linux, checks and figures alike, and nothing else", async (t) => {
	const stores = ["tmpfs", "loop-ext4", "nvme-ext4"] as const;
	const plan = (kind: "uml" | "auto") => expand({ ...config, stores, machine: { ...config.machine, kind } }, known);
	const { cells, ruledOut } = plan("uml");
	t.same(new Set(cells.map(({ store }) => store)), new Set(["tmpfs", "loop-ext4"]));
	t.same(new Set(ruledOut.map(({ reason }) => reason)), new Set(["uml has no NVMe"]));
	t.equal(cells.length + ruledOut.length, plan("auto").cells.length);
	t.same(plan("auto").ruledOut, []);
});

t.test("rules out a case where its needs are not met, and one that cannot be lied to", async (t) => {
	const reasons = (change: Partial<LabConfig>, known: Omit<KnownCase, "name">): Record<string, string> => {
		const plan = {
			...config,
			kernels: [kernel("a")],
			stores: ["tmpfs"],
			cases: ["x"],
			figures: "none",
			repeat: 1,
		} as const;
		const { ruledOut } = expand({ ...plan, ...change }, [{ name: "x", ...known }]);
		return Object.fromEntries(ruledOut.map(({ id, reason }) => [id.split("/")[1], reason]));
	};
	const modes = ["devfuse", "uring-libfuse", "uring", "bufpool", "zerocopy"] as const;
	t.same(reasons({ modes }, {}), {});
	t.same(reasons({ modes }, { needs: ["own-server"] }), { "uring-libfuse": "only fuselab's own server takes orders" });
	t.same(reasons({ modes, server: { ...config.server, command: ["x"] } }, { needs: ["own-server", "ring"] }), {
		...Object.fromEntries(modes.map((mode) => [mode, "only fuselab's own server takes orders"])),
	});
	t.same(reasons({ modes }, { needs: ["ring"] }), { devfuse: "devfuse has no ring" });
	t.same(Object.keys(reasons({ modes }, { needs: ["pool"] })), ["devfuse", "uring-libfuse", "uring"]);
	t.same(reasons({ modes: ["uring", "bufpool"] }, { needs: ["own-payload"] }), {
		bufpool: "bufpool has no payload buffer an entry",
	});
	t.same(Object.keys(reasons({ modes: ["uring", "bufpool", "bufring"] }, { needs: ["add-bufpool"] })), [
		"uring",
		"bufring",
	]);
	t.same(Object.keys(reasons({ modes }, { needs: ["pinned-pool"] })), [...modes]);
	t.same(reasons({ modes: ["pinned"] }, { needs: ["pinned-pool"] }), {});
	t.same(Object.keys(reasons({ modes }, { needs: ["zero-copy"] })), ["devfuse", "uring-libfuse", "uring", "bufpool"]);
	t.same(reasons({ modes: ["uring"] }, { needs: ["two-cpus"] }), {});
	const hotplug = { needs: ["cpu-hotplug"] } as const;
	t.same(reasons({ modes: ["uring"] }, hotplug), {});
	t.same(reasons({ modes: ["uring"], cpus: [1] }, hotplug), { uring: "it takes two CPUs" });
	for (const kind of ["uml", "host"] as const)
		t.match(reasons({ modes: ["uring"], machine: { ...config.machine, kind } }, hotplug), { uring: /CPUs/ });
	t.same(reasons({ modes: ["uring"], cpus: [1] }, { needs: ["two-cpus"] }), { uring: "it takes two CPUs" });
	t.same(reasons({ modes }, { needs: ["libfuse-tests"] }), {});
	t.same(Object.keys(reasons({ modes }, { needs: ["xfstests"] })), modes);
	const xfstests = { folder: "/x", tests: ["generic/quick"], exclude: [] };
	t.same(reasons({ modes, xfstests }, { needs: ["xfstests"] }), {});
	t.same(Object.keys(reasons({ modes }, { needs: ["libfuse-transport"] })), ["uring", "bufpool", "zerocopy"]);
	const own = { negativeControl: { own: "Both sides are measured." } };
	t.same(reasons({ modes: ["uring"] }, own), {});
	t.same(reasons({ modes: ["uring"], server: { ...config.server, lies: ["control"] } }, own), {
		uring: "the case is its own negative control",
	});
});

t.test("quotes the cover letter's line exactly", async (t) => {
	const jobs = jobsOf("cover-letter");
	t.same(
		jobs.map(({ rw, direct }) => `${rw} ${direct ? 1 : 0}`).sort(),
		["read", "randread", "write", "randwrite"].flatMap((rw) => [`${rw} 0`, `${rw} 1`]).sort(),
	);
	for (const { args } of jobs)
		t.equal(args.join(" "), "--ioengine=sync --bs=1M --size=1G --numjobs=2 --ramp_time=30 --group_reporting=1");
	t.equal(new Set(jobs.map(({ name }) => name)).size, 8);
	t.equal(jobs[0] && roomOf(jobs[0]), 2048);
});

t.test("keeps the quick set short: no ramp, 32 MiB each", async (t) => {
	const jobs = jobsOf("quick");
	t.equal(jobs.length, 6);
	for (const job of jobs) {
		t.equal(roomOf(job), 32);
		t.notOk(job.args.some((arg) => arg.startsWith("--ramp_time")));
	}
});
