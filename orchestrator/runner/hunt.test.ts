import t from "tap";
import { LabError } from "../domain/lab-error.ts";
import type { KillMemory, Mutant, MutantFinding } from "../domain/mutant.ts";
import { type Answer, buildOf, cellOf, endOf, fakePorts, SERVER, WISH } from "./fake-ports.ts";
import { hunt } from "./hunt.ts";
import type { CellEnd, GuestPort, RunPorts } from "./ports.ts";
import type { CaseText } from "./relevance.ts";

const NOTHING: KillMemory = { killers: {}, squares: {} };
const CELLS = ["io/a", "io/b", "io/c"].map((name) => cellOf(name, "healthy"));

const mutantOf = (name: string, change: Partial<Mutant> = {}): Mutant => ({
	name,
	file: `/m/${name}.patch`,
	digest: name,
	breaks: null,
	about: "",
	functions: [],
	machines: null,
	modes: null,
	equivalent: null,
	...change,
});

const huntWith = async (
	mutants: readonly Mutant[],
	answer: Answer = (id) => endOf(id),
	change: Partial<RunPorts> = {},
	given: { readonly memory?: KillMemory; readonly guests?: number; readonly cases?: readonly CaseText[] } = {},
) => {
	const { ports, seen } = fakePorts(change, answer);
	const findings: MutantFinding[] = [];
	let memory = given.memory ?? NOTHING;
	await hunt(
		mutants,
		{
			base: { ...WISH, name: "healthy" },
			cells: CELLS,
			cases: given.cases ?? [],
			guests: given.guests ?? 1,
			memory,
			serverOf: () => SERVER,
			signal: new AbortController().signal,
			onFinding: async (finding, learnt) => {
				findings.push(finding);
				memory = learnt;
			},
		},
		ports,
	);
	const cells = seen.records.map(({ cell }) => cell.id);
	const cases = cells.flatMap((id) => /^m\/devfuse\/tmpfs\/(.*)#1$/.exec(id)?.[1] ?? []);
	return { findings, results: findings.map(({ result }) => result), cells, cases, memory };
};

/** A guest on which one cell of one kernel ends otherwise than well. */
const only =
	(kernel: string, name: string, change: Partial<CellEnd> | undefined): Answer =>
	(id) =>
		id === `${kernel}/devfuse/tmpfs/${name}#1` ? (change === undefined ? undefined : endOf(id, change)) : endOf(id);

t.test("a mutant is killed by the first cell that fails, and meets no other", async (t) => {
	const { results, cells } = await huntWith([mutantOf("m")], only("m", "io/b", { error: "wrong bytes" }));
	t.match(results, [{ name: "m", outcome: "killed", killingCase: "m/devfuse/tmpfs/io/b#1" }]);
	t.same(Object.keys(results[0] ?? {}), ["name", "outcome", "killingCase", "seconds"]);
	t.same(
		cells,
		[
			"healthy/devfuse/tmpfs/io/a#1",
			"m/devfuse/tmpfs/io/a#1",
			"m/devfuse/tmpfs/io/b#1",
			"healthy/devfuse/tmpfs/io/b#1",
		],
		"the healthy kernel boots first, and has to pass what killed",
	);
});

t.test("a mutant that no cell notices survives", async (t) => {
	const { results, findings } = await huntWith([mutantOf("m")]);
	t.match(results, [{ outcome: "survived", killingCase: null }]);
	t.equal(findings[0]?.undecided, 0);
});

t.test("a hang kills, bounded by the cell's deadline", async (t) => {
	const { results } = await huntWith([mutantOf("m")], only("m", "io/a", undefined));
	t.match(results, [{ outcome: "killed", killingCase: "m/devfuse/tmpfs/io/a#1" }]);
	const timedOut = await huntWith([mutantOf("m")], only("m", "io/c", { timedOut: true }));
	t.match(timedOut.results, [{ outcome: "killed", killingCase: "m/devfuse/tmpfs/io/c#1" }]);
});

t.test("a case that fails on the healthy kernel kills nothing", async (t) => {
	const bad: Answer = (id) => endOf(id, id.includes("io/b#") ? { error: "always" } : {});
	const { results, cells } = await huntWith([mutantOf("m"), mutantOf("n")], bad);
	t.match(results, [{ outcome: "survived" }, { outcome: "survived" }]);
	t.equal(cells.filter((id) => id === "healthy/devfuse/tmpfs/io/b#1").length, 1, "asked once");
	t.ok(cells.includes("m/devfuse/tmpfs/io/c#1"), "the cells behind it are run");
	t.notOk(cells.includes("n/devfuse/tmpfs/io/b#1"), "the next mutant does not meet it");
});

t.test("what the lab cannot tell is no kill, and is counted", async (t) => {
	const { results, findings } = await huntWith(
		[mutantOf("m")],
		only("m", "io/b", { proof: { found: "unproven", witness: "none", detail: "" } }),
	);
	t.match(results, [{ outcome: "survived" }]);
	t.equal(findings[0]?.undecided, 1);
});

t.test("says of a mutant that does not apply, build or boot that it does not", async (t) => {
	const fails = (code: "patch-failed" | "build-failed" | "series-invalid", name: string): Partial<RunPorts> => ({
		build: async (wish) => {
			if (wish.name === name)
				throw new LabError({
					code,
					sentence: `No: ${wish.series.map((input) => ("path" in input ? input.path : input.kind)).join(" ")}.`,
				});
			return buildOf(wish.name);
		},
	});
	const outcomeOf = async (change: Partial<RunPorts>) => (await huntWith([mutantOf("m")], undefined, change)).findings;
	t.match(await outcomeOf(fails("patch-failed", "m")), [
		{ result: { outcome: "does-not-apply", killingCase: null }, detail: "No: /s.mbox /m/m.patch." },
	]);
	t.match(await outcomeOf(fails("series-invalid", "m")), [{ result: { outcome: "does-not-apply" } }]);
	t.match(await outcomeOf(fails("build-failed", "m")), [{ result: { outcome: "does-not-build" } }]);
	await t.rejects(outcomeOf(fails("build-failed", "healthy")), { code: "build-failed" }, "the series itself");
	const { launch } = fakePorts().ports;
	const bootless = (kernel: string): Partial<RunPorts> => ({
		launch: async (build, name): Promise<GuestPort> => {
			if (name.startsWith(`${kernel}-`)) throw new LabError({ code: "boot-failed", sentence: "Nothing came." });
			return await launch(build, name);
		},
	});
	t.match(await outcomeOf(bootless("m")), [{ result: { outcome: "broke-boot", killingCase: null } }]);
	let slow = true;
	const slowOnce: Partial<RunPorts> = {
		launch: async (build, name) => {
			const isSlow = slow && name.startsWith("m-");
			slow &&= !isSlow;
			if (isSlow) throw new LabError({ code: "boot-failed", sentence: "Nothing came in time." });
			return await launch(build, name);
		},
	};
	t.match(await outcomeOf(slowOnce), [{ result: { outcome: "survived" } }], "one slow boot is the host's");
	await t.rejects(outcomeOf(bootless("healthy")), { code: "boot-failed", message: /without any mutant/ });
});

t.test("modes in which a mutant cannot show are not run; without any other it survives unbuilt", async (t) => {
	const { results, cells } = await huntWith([
		mutantOf("m", { modes: ["zerocopy"] }),
		mutantOf("n", { modes: ["devfuse"] }),
	]);
	t.match(results, [{ outcome: "survived", seconds: 0 }, { outcome: "survived" }]);
	t.notOk(cells.some((id) => id.startsWith("m/")));
	t.equal(cells.filter((id) => id.startsWith("n/")).length, 3);
});

t.test("what killed before comes first, and what killed this very mutant before that", async (t) => {
	const answer: Answer = (id) => endOf(id, /^(?!healthy).*io\/c#/.test(id) ? { error: "no" } : {});
	const { cells, memory } = await huntWith([mutantOf("m"), mutantOf("n")], answer);
	t.same(
		cells.filter((id) => id.startsWith("n/")),
		["n/devfuse/tmpfs/io/c#1"],
	);
	t.match(memory, { killers: { m: "devfuse/tmpfs/io/c", n: "devfuse/tmpfs/io/c" } });
	t.equal(memory.squares["devfuse/tmpfs/io/c"]?.kills, 2);
	const own = await huntWith(
		[mutantOf("m")],
		undefined,
		{},
		{
			memory: { ...memory, killers: { m: "devfuse/tmpfs/io/b" } },
		},
	);
	t.same(
		own.cells.filter((id) => id.startsWith("m/")),
		["io/b", "io/c", "io/a"].map((name) => `m/devfuse/tmpfs/${name}#1`),
	);
});

t.test("a case that is related comes before what killed others, and after what killed this very mutant", async (t) => {
	const cases: readonly CaseText[] = [
		{ name: "io/a", proves: "A file is read.", decidedIn: "" },
		{ name: "io/b", proves: "A file is truncated.", decidedIn: "" },
		{ name: "io/c", proves: "A locked page of a file is charged.", decidedIn: "" },
	];
	const squares = { "devfuse/tmpfs/io/b": { kills: 9, seconds: 0.1 } };
	const orderOf = async (killers: KillMemory["killers"]) =>
		(
			await huntWith(
				[mutantOf("m", { about: "Pages are charged twice." })],
				undefined,
				{},
				{ cases, memory: { killers, squares } },
			)
		).cases;
	t.same(await orderOf({}), ["io/c", "io/b", "io/a"]);
	t.same(await orderOf({ m: "devfuse/tmpfs/io/a" }), ["io/a", "io/c", "io/b"]);
});

t.test("mutants run side by side, each boot under a name of its own, and all are decided", async (t) => {
	const names = Array.from({ length: 7 }, (_, index) => `m-${index}`);
	const boots: string[] = [];
	let running = 0;
	let most = 0;
	const { launch } = fakePorts().ports;
	const slowly = async (...[build, name]: Parameters<RunPorts["launch"]>): Promise<GuestPort> => {
		boots.push(name);
		running += 1;
		most = Math.max(most, running);
		await new Promise((resolve) => setTimeout(resolve, 5));
		running -= 1;
		return await launch(build, name);
	};
	const mutants = [...names, "Odd name.v2"].map((name) => mutantOf(name));
	const { results } = await huntWith(mutants, undefined, { launch: slowly }, { guests: 2 });
	t.same(results.map(({ name }) => name).sort(), ["Odd name.v2", ...names].sort());
	t.equal(most, 2);
	t.equal(new Set(boots).size, boots.length);
});

t.test("the lab's own fault ends the hunt and is thrown", async (t) => {
	const launch = async (_: unknown, name: string): Promise<GuestPort> => {
		if (name.startsWith("m")) throw new LabError({ code: "disk-full", sentence: "No space left." });
		return await fakePorts().ports.launch(buildOf(), name);
	};
	await t.rejects(huntWith([mutantOf("m"), mutantOf("n")], undefined, { launch }), { code: "disk-full" });
});
