/** The guest's root file system: Debian by mmdebstrap with libfuse built from Debian's source, made once and cached. */
import { existsSync } from "node:fs";
import { access, mkdir, readdir, readFile, rename, rm, utimes } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { aptMirror, downloadSource } from "../../orchestrator/host/apt.ts";
import { digestOf, readIfThere, writeAtomically } from "../../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../../orchestrator/host/folders.ts";
import { withLock } from "../../orchestrator/host/lock.ts";
import { type RunOptions, run } from "../../orchestrator/host/process.ts";
import { asRoot } from "../../orchestrator/host/requirements.ts";

const SUITE = "sid";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** What runs or is built in the guest; g++, meson and the headers are libfuse's, jansson is the server's. */
const PACKAGES = [
	"nodejs",
	"fio",
	"fuse3",
	"liburing-dev",
	"libnuma-dev",
	"libcxxopts-dev",
	"libjansson-dev",
	"meson",
	"ninja-build",
	"g++",
	"pkgconf",
	"python3-minimal",
	"xfsprogs",
	"e2fsprogs",
	"strace",
	"util-linux",
	"procps",
	"attr",
	"acl",
	"libcap2-bin",
	"elfutils",
	"stress-ng",
	// What xfstests asks for besides.
	"bc",
	"psmisc",
	"kmod",
	// What virtme-ng's own init needs, so that `bench startup` compares with a boot that works.
	"iproute2",
	"udev",
	"systemd-sysv",
] as const;

/** Builds libfuse with liburing and custom I/O (Debian's own build has neither) and keeps what the guest runs or builds against. */
const BUILD_LIBFUSE = `set -e
cd /usr/src/fuse3
meson setup build --prefix=/opt/libfuse --libdir=lib --buildtype=release -Dexamples=true -Dtests=false -Dutils=false -Denable-custom-io=true
ninja -C build
mkdir -p /opt/libfuse/bin /opt/libfuse/lib /opt/libfuse/include
cp build/example/passthrough_hp /opt/libfuse/bin/
cp -a build/lib/libfuse3.so* /opt/libfuse/lib/
cp include/*.h build/libfuse_config.h /opt/libfuse/include/
dpkg-query -W -f '\${Package} \${Version}\\n' > /opt/fuselab-packages
cp /dev/null /etc/machine-id
mkdir -p /opt/fuselab
rm -rf /usr/src/fuse3/build
`;

/** The users that xfstests wants, and a helper of mount(8) that leaves it to whoever calls mount(8) how a server is started. */
const PREPARE_XFSTESTS = `id=2000
for user in fsgqa fsgqa2; do
	echo "$user:x:$id:$id::/tmp:/bin/sh" >> /etc/passwd
	echo "$user:x:$id:" >> /etc/group
	id=$((id + 1))
done
printf '%s\\n' '#!/bin/sh' 'exec "$FUSELAB_MOUNT" "$@"' > /usr/sbin/mount.fuse.fuselab
chmod 755 /usr/sbin/mount.fuse.fuselab
`;

const FURNISH = BUILD_LIBFUSE + PREPARE_XFSTESTS;

export interface GuestRoot {
	/** Folder to hand to the guest, read-only. */
	readonly path: string;
	readonly key: string;
	/** Version of libfuse's source package. */
	readonly libfuse: string;
	readonly fromCache: boolean;
}

export interface RootOptions {
	readonly signal: AbortSignal;
	readonly onStage: (text: string, log?: string) => void;
}

const rootsFolder = (): string => path.join(folders.cache(), "roots");

const rootKey = (): string => digestOf("root-1", SUITE, PACKAGES.join(" "), FURNISH).slice(0, 24);

/** A finished root, or undefined; used where making one would be too much (doctor). */
export const findRoot = async (): Promise<GuestRoot | undefined> => {
	const names = await readdir(rootsFolder()).catch(() => []);
	const current = rootKey();
	// Of several, the one that this recipe makes.
	for (const key of [...names.filter((name) => name === current), ...names.filter((name) => name !== current)]) {
		const text = await readIfThere(path.join(rootsFolder(), key, "root.json"));
		if (text !== undefined && !key.startsWith(".")) {
			const { libfuse } = JSON.parse(text) as { libfuse: string };
			return { path: path.join(rootsFolder(), key, "tree"), key, libfuse, fromCache: true };
		}
	}
	return undefined;
};

/**
 * Gives the cached guest root, or makes it (about a minute). The key covers the recipe, not the package versions: those
 * are in the root's own list and in every record. Throws `root-failed` with the log.
 */
export const ensureRoot = async (options: RootOptions): Promise<GuestRoot> => {
	const key = rootKey();
	const entry = path.join(rootsFolder(), key);
	const cached = async (): Promise<GuestRoot | undefined> => {
		const text = await readIfThere(path.join(entry, "root.json"));
		if (text === undefined) return undefined;
		await utimes(path.join(entry, "root.json"), new Date(), new Date());
		const { libfuse } = JSON.parse(text) as { libfuse: string };
		return { path: path.join(entry, "tree"), key, libfuse, fromCache: true };
	};
	const there = await cached();
	if (there !== undefined) return there;
	await ensureFolder(rootsFolder());
	return await withLock(
		`${entry}.lock`,
		options.signal,
		() => options.onStage("waiting for another fuselab to make the guest root"),
		async () => {
			const made = await cached();
			if (made !== undefined) return made;
			return await makeRoot(entry, key, options);
		},
	);
};

/** mmdebstrap makes device nodes and files of many owners. */
const runAsRoot = async (command: readonly string[], options: RunOptions): Promise<void> => {
	const [program = "", ...args] = [...asRoot(), ...command];
	await run(program, args, options);
};

const makeRoot = async (entry: string, key: string, { signal, onStage }: RootOptions): Promise<GuestRoot> => {
	const log = path.join(await ensureFolder(path.join(folders.state(), "logs")), `root-${key.slice(0, 12)}.log`);
	await rm(log, { force: true });
	const source = await downloadSource("fuse3", SUITE, { signal, onStage });
	const tarball = source.files.find((file) => file.includes(".orig.tar"));
	if (tarball === undefined)
		throw new LabError({
			code: "source-missing",
			sentence: "Debian's source package fuse3 holds no .orig.tar file.",
			evidence: source.files,
		});
	const temporary = path.join(rootsFolder(), `.${key}.tmp-${process.pid}`);
	const tree = path.join(temporary, "tree");
	onStage(
		`making the guest root: Debian ${SUITE}, ${PACKAGES.length} packages, libfuse ${source.version} (about a minute)`,
		log,
	);
	try {
		await mkdir(temporary, { recursive: true });
		const script = path.join(temporary, "furnish.sh");
		await writeAtomically(script, FURNISH);
		await runAsRoot(
			[
				"mmdebstrap",
				"--mode=root",
				"--variant=apt",
				"--format=directory",
				'--aptopt=Acquire::Check-Valid-Until "false"',
				...["doc", "man", "locale", "info"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
				`--include=${PACKAGES.join(",")}`,
				'--customize-hook=mkdir -p "$1/usr/src/fuse3"',
				`--customize-hook=tar -xf '${tarball}' -C "$1/usr/src/fuse3" --strip-components=1`,
				`--customize-hook=copy-in '${script}' /usr/src`,
				'--customize-hook=chroot "$1" sh /usr/src/furnish.sh',
				SUITE,
				tree,
				`deb [signed-by=${KEYRING}] ${await aptMirror()} ${SUITE} main`,
			],
			{
				signal,
				logFile: log,
				failure: "root-failed",
				hint: "See the log; `fuselab doctor` shows what is missing on this host.",
				timeoutMs: 30 * 60_000,
			},
		);
		// QEMU serves the tree as this user, and the lab is installed into it.
		if (process.getuid?.() !== 0)
			await runAsRoot(["chown", "-hR", `${process.getuid?.()}:${process.getgid?.()}`, tree], { signal });
		await access(path.join(tree, "opt/libfuse/bin/passthrough_hp"));
		await writeAtomically(
			path.join(temporary, "root.json"),
			JSON.stringify({
				key,
				suite: SUITE,
				libfuse: source.version,
				packages: (await readFile(path.join(tree, "opt/fuselab-packages"), "utf8")).split("\n").length - 1,
			}),
		);
		await rename(temporary, entry);
	} finally {
		// Not the aborted signal: what was begun is removed in any case.
		const bounded = { signal: AbortSignal.timeout(120_000) };
		if (existsSync(temporary)) await runAsRoot(["rm", "-rf", "--one-file-system", temporary], bounded);
	}
	return { path: path.join(entry, "tree"), key, libfuse: source.version, fromCache: false };
};
