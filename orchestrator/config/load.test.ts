import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import t from "tap";
import { MODES } from "../domain/cell.ts";
import { exitStatusOf, LabError } from "../domain/lab-error.ts";
import { folders } from "../host/folders.ts";
import { loadConfig, parseConfig } from "./load.ts";
import { SERVER_KEYS } from "./server-schema.ts";

const CASES = ["io/append", "io/direct", "meta/magic-name", "meta/stat"];
const LIES = ["read-data", "write-lost"];
const GOOD = `name: quick
kernels:
  - name: counters
    source: { package: linux-source-7.3, suite: trixie-backports }
modes: [devfuse]
stores: [tmpfs]
`;

const faultsOf = (text: string, file = "c/x.yaml"): readonly string[] => {
	try {
		parseConfig(text, file, CASES, LIES);
	} catch (error) {
		if (error instanceof LabError && error.code === "config-invalid") return error.evidence;
		throw error;
	}
	return [];
};

t.test("fills in the defaults", async (t) => {
	const config = parseConfig(GOOD, "/lab/configs/x.yaml", CASES);
	t.match(config, {
		file: "/lab/configs/x.yaml",
		text: GOOD,
		name: "quick",
		kernels: [{ name: "counters", series: [], fragments: ["slim"] }],
		machine: { kind: "auto", cpus: 2, memoryMiB: 2048 },
		server: { queueDepth: 8, lies: [] },
		cases: CASES,
		xfstests: null,
		figures: "none",
		repeat: 1,
	});
	t.notOk("nvmeMiB" in config.machine, "no disk where no store needs one");
});

t.test("takes a third party's cases only where they are named", async (t) => {
	const known = [...CASES, "third-party/libfuse-hello"];
	t.same(parseConfig(GOOD, "x.yaml", known).cases, CASES);
	t.same(parseConfig(`${GOOD}cases: [third-party/*]\n`, "x.yaml", known).cases, ["third-party/libfuse-hello"]);
});

t.test("reads every key, paths relative to the file", async (t) => {
	const config = parseConfig(
		`name: all-keys
kernels:
  - name: a
    source: { package: linux-source-7.3, suite: trixie-backports }
    series: ../s/a.mbox
    fragments: [slim, ./own.config, /abs/x.config]
  - name: b
    source: { package: linux-source-7.2, suite: sid }
    series: [a.mbox, ../b.mbox]
machine: { kind: qemu-tcg, cpus: 4, memory: 512M, nvme: 2G }
modes: [devfuse, uring-libfuse]
stores: [tmpfs, nvme-ext4]
server: { queue-depth: 16, lies: [read-data] }
cases: [meta/*, io/append]
figures: cover-letter
repeat: 3
`,
		"/lab/configs/x.yaml",
		CASES,
		LIES,
	);
	t.match(config, {
		kernels: [
			{
				series: [{ kind: "path", path: "/lab/s/a.mbox" }],
				fragments: ["slim", "/lab/configs/own.config", "/abs/x.config"],
			},
			{
				series: [
					{ kind: "path", path: "/lab/configs/a.mbox" },
					{ kind: "path", path: "/lab/b.mbox" },
				],
				source: { kind: "debian", package: "linux-source-7.2", suite: "sid" },
			},
		],
		machine: { kind: "qemu-tcg", cpus: 4, memoryMiB: 512, nvmeMiB: 2048 },
		server: { queueDepth: 16, lies: ["read-data"] },
		cases: ["io/append", "meta/magic-name", "meta/stat"],
		figures: "cover-letter",
		repeat: 3,
	});
});

t.test("names every fault at once, in the order of the file, each with its place", async (t) => {
	t.same(
		faultsOf(`name: Quick Run
kernels:
  - name: counters
    sorce: { package: linux-source-7.3, suite: sid }
  - name: counters
    source: { package: linux-source-7.3 }
modes: [devfuse, uring-libfus]
stores: []
machine: { cpus: two, memory: 2 }
server: { queue_depth: 8, lies: [read-dat] }
cases: [io/apend, nothing/*]
figures: fast
repeat: 0
`),
		[
			'c/x.yaml:1:7: name: wanted a name of at most 64 lower-case letters, digits and hyphens, found "Quick Run"',
			"c/x.yaml:3:5: kernels[0].source: wanted a map with package and suite, git and maybe ref, tarball, folder, or image and suite: one of these kinds, found nothing",
			'c/x.yaml:4:5: kernels[0].sorce: wanted one of the keys name, source, series, fragments, flavour, prefixes, found the unknown key "sorce" (did you mean source?)',
			'c/x.yaml:5:11: kernels[1].name: wanted a kernel name that is not in the list already, found "counters"',
			"c/x.yaml:6:13: kernels[1].source.suite: wanted a Debian suite such as trixie-backports, found nothing",
			`c/x.yaml:7:18: modes[1]: wanted one of ${MODES.join(", ")}, found "uring-libfus" (did you mean uring-libfuse?)`,
			"c/x.yaml:8:9: stores: wanted a list of stores, found an empty list",
			'c/x.yaml:9:18: machine.cpus: wanted a number of CPUs from 1 to 64, or a list of such numbers, found "two"',
			"c/x.yaml:9:31: machine.memory: wanted a size from 256M to 1024G, such as 512M or 2G, found 2",
			`c/x.yaml:10:11: server.queue_depth: wanted one of the keys ${SERVER_KEYS.join(", ")}, found the unknown key "queue_depth" (did you mean queue-depth?)`,
			'c/x.yaml:10:34: server.lies[0]: wanted one of read-data, write-lost, found "read-dat" (did you mean read-data?)',
			'c/x.yaml:11:9: cases[0]: wanted a case name or a pattern that matches one (`fuselab cases` lists them), found "io/apend" (did you mean io/append?)',
			'c/x.yaml:11:19: cases[1]: wanted a case name or a pattern that matches one (`fuselab cases` lists them), found "nothing/*"',
			'c/x.yaml:12:10: figures: wanted one of quick, cover-letter, cost, none, found "fast"',
			"c/x.yaml:13:9: repeat: wanted a whole number from 1 to 100, found 0",
		],
	);
});

const kernelOf = (source: string, series = "[]"): string =>
	GOOD.replace("{ package: linux-source-7.3, suite: trixie-backports }", `${source}\n    series: ${series}`);

t.test("reads every kind of source, and of series", async (t) => {
	const wishOf = (source: string, series?: string) =>
		parseConfig(kernelOf(source, series), "/lab/configs/x.yaml", CASES).kernels[0];
	const sid = "{ package: linux-source-7.2, suite: sid }";
	for (const [given, source] of [
		["{ git: ../linux, ref: v7.3 }", { kind: "git", repository: "/lab/linux", ref: "v7.3" }],
		[
			"{ git: 'https://example.org/linux.git' }",
			{ kind: "git", repository: "https://example.org/linux.git", ref: null },
		],
		["{ git: 'host:linux.git' }", { kind: "git", repository: "host:linux.git" }],
		["{ tarball: ../l.tar.xz }", { kind: "tarball", file: "/lab/l.tar.xz" }],
		["{ folder: ../linux }", { kind: "folder", folder: "/lab/linux" }],
		["{ image: linux-image-amd64, suite: sid }", { kind: "debian-image", package: "linux-image-amd64", suite: "sid" }],
	] as const)
		t.match(wishOf(given)?.source, source, given);
	for (const [given, series] of [
		["a.mbox", { kind: "path", path: "/lab/configs/a.mbox" }],
		["<1@example.org>", { kind: "message", id: "<1@example.org>", version: null }],
		["'https://lore.kernel.org/r/1@example.org'", { kind: "message", id: "https://lore.kernel.org/r/1@example.org" }],
		["{ message: 1@example.org, version: 2 }", { kind: "message", id: "1@example.org", version: 2 }],
		["{ mbox: a, version: 3 }", { kind: "mbox", path: "/lab/configs/a", version: 3 }],
		["{ maildir: ../m }", { kind: "maildir", path: "/lab/m", version: null }],
		["{ patches: p }", { kind: "patches", path: "/lab/configs/p", version: null }],
		["{ quilt: /q }", { kind: "quilt", path: "/q" }],
		["{ git: ../linux, range: v7.3..topic }", { kind: "git", repository: "/lab/linux", range: "v7.3..topic" }],
	] as const) {
		t.match(wishOf(sid, given)?.series, [series], given);
		t.match(wishOf(sid, `[x, ${given}]`)?.series[1], series, `in a list: ${given}`);
	}
});

t.test("tells a fault of a source or a series at its own place", async (t) => {
	for (const [source, series, fault] of [
		["{ git: a, tarball: b }", "a", /4:13: kernels\[0\]\.source: wanted a map with package .* found a map/],
		[
			"{ tarball: b, suite: sid }",
			"a",
			/source\.suite: wanted no suite, which goes with package or image, found "sid"/,
		],
		["{ git: --upload-pack=x }", "a", /source\.git: wanted the path or URL of a git repository, found "--upload/],
		["{ tarbal: a }", "a", /source\.tarbal: wanted one of the keys package, .* \(did you mean tarball\?\)/],
		["{ folder: a }", "{ mbox: a, quilt: b }", /kernels\[0\]\.series: wanted a path, a message-id, or a map/],
		["{ folder: a }", "[a, { git: b }]", /kernels\[0\]\.series\[1\]\.range: wanted a range of commits/],
		["{ folder: a }", "[a, { qilt: b }]", /kernels\[0\]\.series\[1\]\.qilt: wanted one of the keys .*mean quilt/],
		["{ folder: a }", "{ quilt: b, version: 2 }", /series\.version: wanted no version, which goes with mbox or/],
		["{ folder: a }", "{ mbox: b, version: 1.5 }", /series\.version: wanted a whole number from 1 to 999, found 1.5/],
		["{ folder: a }", "4", /kernels\[0\]\.series: wanted a series \(a path.* found 4/],
		["{ folder: a }", "[[a]]", /kernels\[0\]\.series\[0\]: wanted a path, .* found a list/],
	] as const)
		t.match(faultsOf(kernelOf(source, series)).join("\n"), fault, `${source} ${series}`);
});

t.test("makes a flavour its fragments, and sorts the prefixes", async (t) => {
	const wishOf = (lines: string) =>
		parseConfig(GOOD.replace("modes:", `    ${lines}\nmodes:`), "/lab/configs/x.yaml", CASES).kernels[0];
	for (const [given, fragments] of [
		["flavour: slim", ["slim"]],
		["flavour: debug", ["slim", "debug"]],
		["fragments: [own]", ["own"]],
	] as const)
		t.strictSame(wishOf(given)?.fragments, fragments, given);
	t.strictSame(wishOf("flavour: coverage\n    fragments: [slim, ./own.config]")?.fragments, [
		"slim",
		"coverage",
		"/lab/configs/own.config",
	]);
	t.strictSame(wishOf("prefixes: all")?.prefixes, "all");
	t.strictSame(wishOf("prefixes: [9, 0, 9, 14]")?.prefixes, [0, 9, 14]);
	t.notOk("prefixes" in (wishOf("series: a.mbox") ?? {}));
	for (const [lines, fault] of [
		["flavour: debugg", /flavour: wanted one of slim, debug, perf, coverage, found "debugg" \(did you mean debug\?\)/],
		["prefixes: some", /prefixes: wanted all, or a list of how many patches to apply/],
		["prefixes: [1.5]", /prefixes\[0\]: wanted all, or a list of how many/],
		["prefixes: []", /prefixes: wanted all, or a list/],
	] as const)
		t.match(faultsOf(GOOD.replace("modes:", `    ${lines}\nmodes:`)).join("\n"), fault, lines);
});

t.test("counts the faults in its sentence and ends with status 78", async (t) => {
	t.throws(() => parseConfig("name: a\n", "configs/x.yaml", CASES), { message: "configs/x.yaml has 3 faults." });
	t.throws(() => parseConfig(`${GOOD}repeat: 0\n`, "x.yaml", CASES), { message: "x.yaml has a fault." });
	t.equal(exitStatusOf("config-invalid"), 78);
});

t.test("finds faults in one line each", async (t) => {
	for (const [change, fault] of [
		["repeat: 1.5", /:7:9: repeat: wanted a whole number/],
		["modes: [devfuse, devfuse]", /YAML.*unique|already/],
		["cases: none", /:7:8: cases: wanted cases, or figures besides none, found neither/],
		["cases: some", /cases: wanted all, none, or a list/],
		["cases: []", /cases: wanted all, none, or a list .* found an empty list/],
		["cases: [io/append, 3]", /:7:20: cases\[1\]: wanted all, none, or a list .* found 3/],
		["machine: 4", /machine: wanted a map with kind/],
		["machine: { kind: kvm }", /kind: wanted one of auto, qemu-kvm, qemu-tcg, uml, host, found "kvm"/],
		["machine: { memory: 1T }", /memory: wanted a size/],
		["machine: { memory: 128M }", /memory: wanted a size/],
		["machine: { icount: true }", /machine\.kind: wanted qemu-tcg where icount is true, found nothing/],
		["machine: { kind: uml, icount: true }", /:7:18: machine\.kind: wanted qemu-tcg where icount is true, found "uml"/],
		["machine: { kind: qemu-tcg, icount: true, cpus: 2 }", /machine\.cpus: wanted 1 where icount is true, found 2/],
		["machine: { icount: 1 }", /machine\.icount: wanted true or false, found 1/],
		["machine: ~", /machine: wanted a map .* found an empty value/],
		["server: { lies: read-data }", /lies: wanted a list of lies/],
		["name: again", /:7:1: config: wanted valid YAML, found this: Map keys must be unique/],
		["__proto__: { x: 1 }", /unknown key "__proto__"/],
		["<<: { repeat: 1 }", /unknown key "<<"/],
		["1: x", /:7:1: /],
		["? [a]\n: b", /:7:3: config: wanted valid YAML/],
		["repeat: !!weird 1", /wanted valid YAML/],
		["repeat: *nowhere", /:7:9: config: wanted valid YAML, found this: the alias \*nowhere has no anchor/],
		["cases: &a [*a]", /cases/],
		["repeat: 1\n---\nname: two", /multiple documents/],
		["\trepeat: 1", /wanted valid YAML/],
		["cases: [io/append", /wanted valid YAML/],
	] as const)
		t.match(faultsOf(`${GOOD}${change}\n`).join("\n"), fault, change);
});

t.test("refuses what is no map", async (t) => {
	for (const text of ["", "# only a comment\n", "just text", "- a\n- b\n", "42"])
		t.match(faultsOf(text), [/:1:1: config: wanted a map with name, kernels, modes and stores/], JSON.stringify(text));
});

t.test("takes aliases, but no bombs", async (t) => {
	const shared = GOOD.replace("name: quick", "name: quick\nrepeat: &n 3").concat("machine: { cpus: *n }\n");
	t.match(parseConfig(shared, "x", CASES), { repeat: 3, machine: { cpus: 3 } });
	const levels = Array.from({ length: 20 }, (_, n) => `b${n + 1}: &b${n + 1} [${`*b${n}, `.repeat(9)}*b${n}]`);
	t.match(faultsOf(`${GOOD}b0: &b0 [x]\n${levels.join("\n")}\n`).join("\n"), /Excessive alias count/);
	t.match(faultsOf("[".repeat(200_000)).join("\n"), /wanted valid YAML/);
	t.match(faultsOf("x".repeat(300_000)), [/at most 256 KiB/]);
});

t.test("shows control characters of the file to nobody", async (t) => {
	t.notMatch(faultsOf(`${GOOD}"\\u001b[31mred": 1\n`).join("\n"), "\u001b");
	t.notMatch(faultsOf(`${GOOD}figures: "\\e]0;x\\a"\n`).join("\n"), "\u001b");
});

t.test("reads files with CRLF and a byte-order mark", async (t) => {
	t.equal(parseConfig(`\ufeff${GOOD.replaceAll("\n", "\r\n")}`, "x", CASES).name, "quick");
});

t.test("says so when the file is missing, a folder or unreadable", async (t) => {
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-config-"));
	t.teardown(async () => await rm(folder, { recursive: true }));
	for (const [file, found] of [
		[path.join(folder, "none.yaml"), /found no such file/],
		[folder, /found a folder/],
	] as const) {
		const error: unknown = await loadConfig(file, CASES).catch((reason: unknown) => reason);
		t.match(error, { code: "config-invalid", evidence: [found] });
	}
	await writeFile(path.join(folder, "a.yaml"), GOOD);
	t.equal((await loadConfig(path.join(folder, "a.yaml"), CASES)).file, path.join(folder, "a.yaml"));
});

t.test("finds nothing wrong with the configs that fuselab ships", async (t) => {
	const folder = path.join(folders.clone(), "configs");
	// A case's name is its file's path below testcases/.
	const files = await readdir(path.join(folders.clone(), "testcases"), { recursive: true });
	const cases = files.filter((file) => file.endsWith(".ts")).map((file) => file.replace(/\.ts$/, ""));
	for (const name of await readdir(folder)) {
		const config = await loadConfig(path.join(folder, name), cases);
		t.equal(`${config.name}.yaml`, name, name);
	}
});

t.test("devices: a size or a map of NVMe, disks only for stores that use them, nodes and CPUs that fit", async (t) => {
	const machineOf = (machine: string, stores = "tmpfs"): unknown =>
		parseConfig(GOOD.replace(/stores: .*/, `stores: [${stores}]`).concat(`machine: ${machine}\n`), "x.yaml", CASES)
			.machine;
	t.strictSame(machineOf("{ nvme: 512M }", "nvme-xfs"), { kind: "auto", cpus: 2, memoryMiB: 2048, nvmeMiB: 512 });
	t.strictSame(machineOf("{ nvme: { size: 512M, count: 2, sectors: 4096, throttle: { bandwidth: 10M } } }", "nvme"), {
		kind: "auto",
		cpus: 2,
		memoryMiB: 2048,
		nvmeMiB: 512,
		nvme: { count: 2, sectors: 4096, cache: "unsafe", throttle: { bandwidthMiB: 10 } },
	});
	t.match(machineOf("{ nvme: { fs: none } }"), { nvmeMiB: 1024 });
	t.match(machineOf("{ virtio: 64M, nullblk: 2G, numa: 2, hotplug: 2, batch: true }", "virtio-ext4, nullblk-ext4"), {
		virtioMiB: 64,
		nullblkGiB: 2,
		numa: 2,
		hotplug: 2,
		batch: true,
	});
	const asked = GOOD.replace(/stores: .*/, "stores: [nvme, nvme-ext4]").concat("machine: { nvme: { fs: xfs } }\n");
	t.strictSame(parseConfig(asked, "x.yaml", CASES).stores, ["nvme-xfs", "nvme-ext4"]);
	for (const [machine, fault] of [
		["{ nvme: { sectors: 520 } }", /machine\.nvme\.sectors: wanted 512 or 4096 bytes, found 520/],
		["{ nvme: { sise: 1G } }", /machine\.nvme\.sise: wanted one of the keys size, .* \(did you mean size\?\)/],
		["{ nvme: { throttle: {} } }", /machine\.nvme\.throttle: wanted a map with iops/],
		["{ nvme: { fs: none } }", /stores\[0\]: wanted a store besides the disk that fs: none leaves bare, found "nvme/],
		["{ cpus: 2, numa: 3 }", /machine\.numa: wanted at most 2 nodes, so that each has a CPU, found 3/],
		["{ cpus: 60, hotplug: 5 }", /machine\.hotplug: wanted at most 64 CPUs together with cpus, found 5/],
		["{ nvme: { cache: fast } }", /machine\.nvme\.cache: wanted one of unsafe, writeback/],
	] as const)
		t.match(
			faultsOf(GOOD.replace(/stores: .*/, "stores: [nvme-ext4]").concat(`machine: ${machine}\n`)).join("\n"),
			fault,
			machine,
		);
});

t.test("icount: one CPU unless told, and no store whose device answers in the host's time", async (t) => {
	const counted = `${GOOD}machine: { kind: qemu-tcg, icount: true }\n`;
	t.match(parseConfig(counted, "x.yaml", CASES).machine, { kind: "qemu-tcg", cpus: 1, icount: true });
	t.notOk("icount" in parseConfig(GOOD, "x.yaml", CASES).machine);
	t.match(faultsOf(counted.replace("[tmpfs]", "[loop-ext4, nvme-ext4]")), [
		/stores\[1\]: wanted a store without a device where icount is true \(tmpfs, loop-ext4\), found "nvme-ext4"/,
	]);
});
