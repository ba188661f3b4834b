/** What can be wrong with a config besides its YAML: its shape, and what its values say about each other. Pure. */
import { matchesPattern } from "../domain/pattern.ts";
import { type ConfigShape, configSchema, keysAt } from "./schema.ts";

/** One fault, at a place in the document. */
export interface Fault {
	readonly path: readonly PropertyKey[];
	readonly wanted: string;
	readonly found: string;
	/** Points at the key, not at its value. */
	readonly atKey?: boolean;
}

export interface KnownNames {
	readonly cases: readonly string[];
	/** Undefined: lies are not checked. */
	readonly lies: readonly string[] | undefined;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

const listAt = (value: unknown, key: string): readonly unknown[] => {
	const list = isMap(value) ? value[key] : undefined;
	return Array.isArray(list) ? list : [];
};

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
	path.reduce<unknown>((value, step) => {
		if (Array.isArray(value)) return value[Number(step)];
		return isMap(value) && Object.hasOwn(value, step) ? value[String(step)] : undefined;
	}, root);

/** How a value is named in a sentence. */
export const describe = (value: unknown): string => {
	if (value === undefined) return "nothing";
	if (value === null) return "an empty value";
	if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
	if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
	return typeof value === "object" ? "a map" : String(value);
};

/** Edits (insert, delete, replace) that turn one word into the other. */
const distance = (a: string, b: string): number => {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (const [index, letter] of [...a].entries()) {
		const next = [index + 1];
		for (const [column, other] of [...b].entries())
			next.push(
				Math.min((next[column] ?? 0) + 1, (row[column + 1] ?? 0) + 1, (row[column] ?? 0) + (letter === other ? 0 : 1)),
			);
		row = next;
	}
	return row[b.length] ?? 0;
};

/** ` (did you mean X?)` for a near miss, else nothing. */
const meant = (given: unknown, candidates: readonly string[]): string => {
	if (typeof given !== "string" || given.length > 100) return "";
	const ranked = candidates
		.map((candidate) => ({ candidate, edits: distance(given.toLowerCase().replaceAll("_", "-"), candidate) }))
		.sort((a, b) => a.edits - b.edits);
	const [best] = ranked;
	return best !== undefined && best.edits <= Math.max(1, Math.floor(best.candidate.length / 3))
		? ` (did you mean ${best.candidate}?)`
		: "";
};

type Issue = NonNullable<ReturnType<typeof configSchema.safeParse>["error"]>["issues"][number];

/** A union reports one issue for all its branches; an entry that is wrong in the list branch is the better place. */
const placesOf = (issue: Issue, root: unknown): readonly PropertyKey[][] => {
	const value = valueAt(root, issue.path);
	if (issue.code !== "invalid_union" || !Array.isArray(value)) return [[...issue.path]];
	const inside = issue.errors.flat().filter(({ path }) => path.length > 0);
	const places = new Map(inside.map(({ path }) => [path.join("."), [...issue.path, ...path]]));
	return places.size > 0 ? [...places.values()] : [[...issue.path]];
};

const faultsOfIssue = (issue: Issue, root: unknown): readonly Fault[] => {
	if (issue.code === "unrecognized_keys") {
		const keys = keysAt(issue.path);
		return issue.keys.map((key) => ({
			path: [...issue.path, key],
			wanted: `one of the keys ${keys.join(", ")}`,
			found: `the unknown key ${describe(key)}${meant(key, keys)}`,
			atKey: true,
		}));
	}
	return placesOf(issue, root).map((path) => {
		const value = valueAt(root, path);
		const candidates = issue.code === "invalid_value" ? issue.values.map(String) : [];
		return { path, wanted: issue.message, found: `${describe(value)}${meant(value, candidates)}` };
	});
};

const duplicates = (values: readonly unknown[], what: string, place: (index: number) => PropertyKey[]): Fault[] =>
	values.flatMap((value, index) =>
		typeof value === "string" && values.indexOf(value) < index
			? [{ path: place(index), wanted: `${what} that is not in the list already`, found: describe(value) }]
			: [],
	);

/** Counted time needs emulation, one CPU and no device that answers in the host's time. */
const icountFaults = (map: Readonly<Record<string, unknown>>): readonly Fault[] => {
	const machine = isMap(map.machine) ? map.machine : {};
	if (machine.icount !== true) return [];
	const faults: Fault[] = [];
	const refuse = (path: readonly PropertyKey[], wanted: string, value: unknown): void => {
		faults.push({ path, wanted, found: describe(value) });
	};
	if (machine.kind !== "qemu-tcg") refuse(["machine", "kind"], "qemu-tcg where icount is true", machine.kind);
	if (machine.cpus !== undefined && machine.cpus !== 1)
		refuse(["machine", "cpus"], "1 where icount is true", machine.cpus);
	for (const [index, store] of listAt(map, "stores").entries())
		if (typeof store === "string" && /^(?:nvme|virtio)/.test(store))
			refuse(["stores", index], "a store without a device where icount is true (tmpfs, loop-ext4)", store);
	return faults;
};

/** A store must not lie on a disk that is to stay bare. */
const bareDiskFaults = (map: Readonly<Record<string, unknown>>): readonly Fault[] => {
	const machine = isMap(map.machine) ? map.machine : {};
	if (!isMap(machine.nvme) || machine.nvme.fs !== "none") return [];
	return listAt(map, "stores").flatMap((store, index) =>
		typeof store === "string" && store.startsWith("nvme")
			? [
					{
						path: ["stores", index],
						wanted: "a store besides the disk that fs: none leaves bare",
						found: describe(store),
					},
				]
			: [],
	);
};

const crossFaults = (root: unknown, known: KnownNames): readonly Fault[] => {
	const map = isMap(root) ? root : {};
	const faults = [
		...duplicates(
			listAt(map, "kernels").map((kernel) => (isMap(kernel) ? kernel.name : undefined)),
			"a kernel name",
			(index) => ["kernels", index, "name"],
		),
		...duplicates(listAt(map, "modes"), "a mode", (index) => ["modes", index]),
		...duplicates(listAt(map, "stores"), "a store", (index) => ["stores", index]),
		...icountFaults(map),
		...bareDiskFaults(map),
	];
	for (const [index, pattern] of listAt(map, "cases").slice(0, 1000).entries())
		if (
			typeof pattern === "string" &&
			pattern.length <= 200 &&
			!known.cases.some((name) => matchesPattern(pattern, name))
		)
			faults.push({
				path: ["cases", index],
				wanted: "a case name or a pattern that matches one (`fuselab cases` lists them)",
				found: `${describe(pattern)}${meant(pattern, known.cases)}`,
			});
	for (const [index, lie] of listAt(map.server, "lies").slice(0, 64).entries())
		if (known.lies !== undefined && typeof lie === "string" && !known.lies.includes(lie))
			faults.push({
				path: ["server", "lies", index],
				wanted: `one of ${known.lies.join(", ")}`,
				found: `${describe(lie)}${meant(lie, known.lies)}`,
			});
	if (map.cases === "none" && (map.figures === undefined || map.figures === "none"))
		faults.push({
			path: ["cases"],
			wanted: "cases, or figures besides none",
			found: "neither: there is nothing to do",
		});
	return faults;
};

/** Checks a document's plain value; either all its faults or its shape. */
export const examine = (
	root: unknown,
	known: KnownNames,
): { readonly shape: ConfigShape | undefined; readonly faults: readonly Fault[] } => {
	const parsed = configSchema.safeParse(root);
	const ofShape = parsed.success ? [] : parsed.error.issues.flatMap((issue) => faultsOfIssue(issue, root));
	const places = new Set<string>();
	// Several rules may refuse one value, a string for a list for instance: the first of them says enough.
	const faults = [...ofShape, ...crossFaults(root, known)].filter(({ path }) => {
		const place = path.join("\n");
		return !places.has(place) && places.add(place);
	});
	return { shape: faults.length === 0 ? parsed.data : undefined, faults };
};
