import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import t from "tap";
import { Header } from "tar";
import type { KernelBuild } from "../../orchestrator/domain/kernel.ts";
import { findImported, findKernel, keepKernel, kernelsFolder, listKernels } from "../cache.ts";
import { readBundle } from "./read.ts";
import { writeBundle } from "./write.ts";

const { signal } = new AbortController();
const KEY = "a".repeat(64);
const OTHER = "b".repeat(64);
const asked = { name: "k", patches: [] };
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const TEXTS: Readonly<Record<string, string>> = {
	image: "an image",
	config: "CONFIG_X=y\n",
	"build.log": "  CC x.o\n",
};

const factsOf = (key: string) => ({
	version: 2 as const,
	name: "k",
	key,
	wishKey: "c".repeat(64),
	sourceVersion: "7.3",
	sourceSha256: "s",
	imageSha256: sha256("an image"),
	imageBytes: 8,
	compiler: "gcc",
	buildSeconds: 1,
	compiledFiles: 1,
	warnings: [],
});

const filesOf = (texts: Readonly<Record<string, string>>) =>
	Object.entries(texts).map(([name, text]) => ({ path: name, bytes: text.length, sha256: sha256(text) }));

const manifestOf = (change: Readonly<Record<string, unknown>> = {}) => ({
	version: 1,
	kernels: [{ facts: factsOf(KEY), patches: [], files: filesOf(TEXTS), ...change }],
});

type Entry = { readonly path: string; readonly text?: string } & ConstructorParameters<typeof Header>[0];

/** A tar archive with these headers and contents, whatever they say. */
const tarOf = (entries: readonly Entry[]): Buffer =>
	Buffer.concat([
		...entries.flatMap(({ text = "", ...given }) => {
			const block = Buffer.alloc(512);
			new Header({ type: "File", mode: 0o644, size: text.length, mtime: new Date(0), ...given }).encode(block, 0);
			return [block, Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)];
		}),
		Buffer.alloc(1024),
	]);

const entriesOf = (manifest: unknown = manifestOf(), texts = TEXTS): readonly Entry[] => [
	{ path: "bundle.json", text: JSON.stringify(manifest) },
	...Object.entries(texts).map(([name, text]) => ({ path: `${KEY}/${name}`, text })),
];

const pack = async (file: string, archive: Buffer): Promise<string> => {
	await writeFile(file, (await execa("zstd", ["-q", "-c"], { input: archive, encoding: "buffer" })).stdout);
	return file;
};

const plus = (...more: readonly Entry[]): Buffer => tarOf([...entriesOf(), ...more]);

const withFile = (name: string): Buffer => {
	const texts = { ...TEXTS, [name]: "x" };
	return tarOf(entriesOf(manifestOf({ files: filesOf(texts) }), texts));
};

const changed = (entries: readonly Entry[], at: number, change: Partial<Entry>): Buffer =>
	tarOf(entries.map((entry, index) => (index === at ? { ...entry, ...change } : entry)));

/** What is wrong, the archive that has it, and what the refusal must say. */
const MALFORMED: readonly (readonly [string, Buffer, RegExp])[] = [
	["a file beside the bundle", plus({ path: "../escaped", text: "x" }), /escaped.*leads out of the bundle/],
	["a file far outside", plus({ path: `${KEY}/../../../../etc/escaped`, text: "x" }), /leads out of the bundle/],
	["an absolute name", plus({ path: "/tmp/escaped", text: "x" }), /begins at the root/],
	["a symbolic link", plus({ path: `${KEY}/modules/l`, type: "SymbolicLink", linkpath: "/etc" }), /no plain file/],
	["a hard link", plus({ path: `${KEY}/modules/l`, type: "Link", linkpath: "/etc/passwd" }), /no plain file \(Link\)/],
	["a device", plus({ path: `${KEY}/d`, type: "CharacterDevice", devmaj: 1, devmin: 3 }), /no plain file/],
	["a pipe", plus({ path: `${KEY}/p`, type: "FIFO" }), /no plain file \(FIFO\)/],
	["a folder", plus({ path: `${KEY}/modules/`, type: "Directory" }), /no plain file \(Directory\)/],
	["a file twice", plus({ path: `${KEY}/image`, text: "an image" }), /there twice/],
	["a file that nobody listed", plus({ path: `${KEY}/extra`, text: "x" }), /not listed/],
	["a name with a newline", plus({ path: `${KEY}/a\nb`, text: "x" }), /control characters/],
	["a name that is not plain", plus({ path: `${KEY}/./image`, text: "x" }), /not a plain path/],
	["another image than is listed", changed(entriesOf(), 1, { text: "no image" }), /does not have the digest/],
	["a longer file than is listed", changed(entriesOf(), 2, { text: "CONFIG_X=y\n\n" }), /has 12 bytes where 11/],
	["a file that is missing", tarOf(entriesOf().slice(0, -1)), /build.log is listed and not there/],
	["a size beyond the end", changed(entriesOf(), 3, { size: 1_000_000 }), /1000000 bytes where/],
	[
		"a listed size beyond the end",
		tarOf([
			{
				path: "bundle.json",
				text: JSON.stringify(
					manifestOf({ files: [...filesOf(TEXTS), { path: "modules/m", bytes: 10 ** 9, sha256: "0".repeat(64) }] }),
				),
			},
			...entriesOf().slice(1),
			{ path: `${KEY}/modules/m`, size: 10 ** 9 },
		]),
		/tar says|digest/,
	],
	["no manifest first", tarOf([...entriesOf()].reverse()), /begins with/],
	["a manifest that is no JSON", changed(entriesOf(), 0, { text: "{" }), /not JSON/],
	["a manifest of another version", tarOf(entriesOf({ ...manifestOf(), version: 9 })), /another kind.*version/],
	["a key that is a path", tarOf(entriesOf(manifestOf({ facts: { ...factsOf("../x"), key: "../x" } }))), /facts\.key/],
	[
		"two digests for one image",
		tarOf(entriesOf(manifestOf({ facts: { ...factsOf(KEY), imageSha256: sha256("other") } }))),
		/two digests/,
	],
	["a kernel without an image", tarOf(entriesOf(manifestOf({ files: filesOf(TEXTS).slice(1) }))), /without its image/],
	["a listed name that leads out", withFile("modules/../../../escaped"), /leads out of the bundle/],
	["a file that is no part of a kernel", withFile("kernel.json"), /no part of a kernel/],
	["a manifest of 17 MB", changed(entriesOf(), 0, { text: " ".repeat(17 * 1024 ** 2) }), /too large/],
	["nothing", tarOf([]), /no tar archive/],
	["gzip inside", Buffer.from("1f8b0800000000000003", "hex"), /no tar archive/],
	["a cut archive", tarOf(entriesOf()).subarray(0, 1400), /tar says|listed/],
	[
		"a damaged header",
		(() => {
			const archive = tarOf(entriesOf());
			const second = 512 + Math.ceil(JSON.stringify(manifestOf()).length / 512) * 512;
			archive.fill(0x41, second + 100, second + 140);
			return archive;
		})(),
		/tar says/,
	],
];

t.test("refuses each malformed bundle with one sentence, and keeps nothing of it", async (t) => {
	const folder = t.testdir({ cache: {} });
	process.env.XDG_CACHE_HOME = path.join(folder, "cache");
	for (const [what, archive, says] of MALFORMED) {
		const file = await pack(path.join(folder, "bundle.tar.zst"), archive);
		await t.rejects(readBundle(file, signal), { code: "bundle-invalid", message: says }, what);
	}
	const bomb = await pack(path.join(folder, "bundle.tar.zst"), Buffer.alloc(8 * 1024 ** 2));
	t.ok((await readFile(bomb)).length < 10_000, "a small file");
	await t.rejects(readBundle(bomb, signal, 1024 ** 2), { code: "bundle-invalid", message: /more than 1048576 bytes/ });
	const notPacked = path.join(folder, "plain");
	await writeFile(notPacked, tarOf(entriesOf()));
	await t.rejects(readBundle(notPacked, signal), { code: "bundle-invalid", message: /zstd cannot unpack it/ });
	await t.rejects(readBundle(path.join(folder, "none"), signal), { code: "bundle-invalid" });
	t.strictSame(await readdir(kernelsFolder()), [], "the cache is as empty as before");
	t.strictSame((await readdir(folder)).sort(), ["bundle.tar.zst", "cache", "plain"], "nothing lies beside it");
});

const keepOne = async (key: string): Promise<KernelBuild> => {
	const temporary = path.join(kernelsFolder(), `.${key}.tmp-1`);
	await mkdir(path.join(temporary, "modules/7.3/kernel"), { recursive: true });
	for (const [name, text] of Object.entries(TEXTS)) await writeFile(path.join(temporary, name), text);
	await writeFile(path.join(temporary, "modules/7.3/kernel/fuse.ko"), "module");
	await keepKernel(temporary, factsOf(key));
	const kept = await findKernel(key, asked);
	if (kept === undefined) throw new Error("not kept");
	return kept;
};

t.test("carries kernels with their modules to another cache, byte for byte the same each time", async (t) => {
	const folder = t.testdir({ one: {}, two: {} });
	process.env.XDG_CACHE_HOME = path.join(folder, "one");
	const builds = [await keepOne(KEY), await keepOne(OTHER)];
	const [file, again] = [path.join(folder, "a.tar.zst"), path.join(folder, "b.tar.zst")];
	await writeBundle(builds, file, signal);
	await writeBundle(builds, again, signal);
	t.ok((await readFile(file)).equals(await readFile(again)), "the same bytes");
	process.env.XDG_CACHE_HOME = path.join(folder, "two");
	t.match(await readBundle(file, signal), [{ state: "taken" }, { state: "taken" }]);
	const found = await findKernel(KEY, asked);
	t.match(found, { key: KEY, imageSha256: sha256("an image") });
	t.equal(await readFile(path.join(found?.modules ?? "", "7.3/kernel/fuse.ko"), "utf8"), "module");
	t.ok([KEY, OTHER].includes((await findImported("c".repeat(64))) ?? ""), "it is found without its compiler");
	t.match(await readBundle(file, signal), [{ state: "was here" }, { state: "was here" }]);
	t.equal((await listKernels()).length, 2);
});

t.test("does not put another image in the place of one that is here", async (t) => {
	const folder = t.testdir({ cache: {} });
	process.env.XDG_CACHE_HOME = path.join(folder, "cache");
	await keepOne(KEY);
	const texts = { ...TEXTS, image: "AN IMAGE" };
	const facts = { ...factsOf(KEY), imageSha256: sha256("AN IMAGE") };
	const archive = tarOf(entriesOf(manifestOf({ facts, files: filesOf(texts) }), texts));
	const file = await pack(path.join(folder, "bundle.tar.zst"), archive);
	await t.rejects(readBundle(file, signal), { code: "bundle-invalid", message: /with another image/ });
	t.match(await findKernel(KEY, asked), { imageSha256: sha256("an image") });
});
