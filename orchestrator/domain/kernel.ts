/** What a kernel is built for: QEMU's machine, or a program of the host (user-mode Linux). */
export type Architecture = "x86_64" | "um";

/** Where the unpatched tree comes from. Paths are absolute. */
export type KernelSource =
	/** A Debian package that holds a kernel's source, e.g. `linux-source-7.3` of `trixie-backports`. */
	| { readonly kind: "debian"; readonly package: string; readonly suite: string }
	/** A git repository by path or URL; without a ref, the commit that the series says it is based on. */
	| { readonly kind: "git"; readonly repository: string; readonly ref: string | null }
	| { readonly kind: "tarball"; readonly file: string }
	| { readonly kind: "folder"; readonly folder: string }
	/** A Debian package that holds a built kernel, e.g. `linux-image-7.3.4+deb13-cloud-amd64`: nothing is built. */
	| { readonly kind: "debian-image"; readonly package: string; readonly suite: string };

/** Where the patches of a series are; several stack in order. Paths are absolute. */
export type SeriesInput =
	/** What is there decides: a file is an mbox; a folder is a maildir, a quilt folder or one of `git format-patch`. */
	| { readonly kind: "path"; readonly path: string }
	/** Mails; `version` asks for one version of the series, null for the newest that is there. */
	| { readonly kind: "mbox" | "maildir" | "patches"; readonly path: string; readonly version: number | null }
	/** A folder with a `series` file. */
	| { readonly kind: "quilt"; readonly path: string }
	/** Commits of a repository as `git log` names them, e.g. `v7.3..topic`. */
	| { readonly kind: "git"; readonly repository: string; readonly range: string }
	/** A message-id or the address of a mail archive, fetched by b4. */
	| { readonly kind: "message"; readonly id: string; readonly version: number | null };

/** A wish: source, series of patches in order, configuration fragments. All paths are absolute. */
export interface KernelWish {
	/** The name the user gave it in the config, e.g. `counters`. */
	readonly name: string;
	readonly source: KernelSource;
	/** Applied in this order. */
	readonly series: readonly SeriesInput[];
	/** Names of files in kernels/fragments without `.config`, or absolute paths. */
	readonly fragments: readonly string[];
	/** Present: only the first patches of the series are applied. */
	readonly rung?: Rung;
}

/** One of the kernels that carry the first patches of one series. */
export interface Rung {
	/** Name of the kernel in the config; the rung itself is called `LADDER@PREFIX`. */
	readonly ladder: string;
	/** How many patches are applied; 0 is the bare source. */
	readonly prefix: number;
	/** Patches in the whole series. */
	readonly total: number;
	/** Of the last patch that is applied; null for the bare source. */
	readonly subject: string | null;
}

/** Which rungs of a series are kernels of their own. */
export type Prefixes = "all" | readonly number[];

export const FLAVOURS = ["slim", "debug", "perf", "coverage"] as const;
/** A kernel configuration of the project's own: slim itself, or a fragment over it. */
export type Flavour = (typeof FLAVOURS)[number];

/** One patch of a series, as understood from its mail. */
export interface PatchSummary {
	/** 1-based place in the series. */
	readonly number: number;
	readonly total: number;
	readonly subject: string;
	readonly author: string;
	/** sha256 of the patch file, hex: of its mail as `git format-patch` writes it. */
	readonly digest: string;
}

/** Something the compiler, linker or objtool warned of. */
export interface CompilerWarning {
	/** Path in the tree; of an object file where no source is named. */
	readonly file: string;
	/** null when the message names none. */
	readonly line: number | null;
	readonly text: string;
}

/** The wish granted. Everything in it is recorded with each run. */
export interface KernelBuild {
	readonly name: string;
	/** Digest of every input, hex; also the name of the cache entry. */
	readonly key: string;
	/** Absolute path of the bootable image. */
	readonly image: string;
	/** Absolute path of the folder that holds `RELEASE/` with the kernel's modules; absent where everything is built in. */
	readonly modules?: string;
	/** Absolute path of the ELF file with the debug information; absent where there is none. */
	readonly debugImage?: string;
	/** Absolute path of the effective .config. */
	readonly config: string;
	/** Absolute path of the compiler's output. */
	readonly log: string;
	/** What the source calls itself: a package's exact version, e.g. `7.3.4-1~bpo13+1`, or a commit, or a file's name. */
	readonly sourceVersion: string;
	/** Of the package or tarball as it was fetched; of a git tree or folder, a digest of its content. */
	readonly sourceSha256: string;
	readonly imageSha256: string;
	readonly imageBytes: number;
	readonly compiler: string;
	readonly patches: readonly PatchSummary[];
	/** Wall-clock seconds of the build that made the entry. */
	readonly buildSeconds: number;
	/** Files that this build compiled; what an earlier rung had compiled already is not among them. */
	readonly compiledFiles: number;
	/** All warnings of the whole kernel, those of files compiled earlier included. */
	readonly warnings: readonly CompilerWarning[];
	readonly fromCache: boolean;
	readonly rung?: Rung;
}

/** Why a wish could not be granted, where that is the kernel's own fault. */
export interface KernelFault {
	readonly name: string;
	readonly stage: "apply" | "configure" | "build";
	/** One sentence. */
	readonly detail: string;
	readonly rung?: Rung;
}
