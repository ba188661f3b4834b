/** What a kernel is built for: QEMU's machine, or a program of the host (user-mode Linux). */
export type Architecture = "x86_64" | "um";

/** Where the unpatched tree comes from: a Debian source package. */
export interface KernelSource {
	/** Debian package name, e.g. `linux-source-7.3`. */
	readonly package: string;
	/** Debian suite that holds it, e.g. `trixie-backports`. */
	readonly suite: string;
}

/** A wish: source, series of patches in order, configuration fragments. All paths are absolute. */
export interface KernelWish {
	/** The name the user gave it in the config, e.g. `counters`. */
	readonly name: string;
	readonly source: KernelSource;
	/** mbox files, applied in this order. */
	readonly series: readonly string[];
	/** Names of files in kernels/fragments without `.config`, or absolute paths. */
	readonly fragments: readonly string[];
}

/** One patch of a series, as understood from its mail. */
export interface PatchSummary {
	/** 1-based place in the series. */
	readonly number: number;
	readonly total: number;
	readonly subject: string;
	readonly author: string;
	/** sha256 of the mail, hex. */
	readonly digest: string;
}

/** The wish granted. Everything in it is recorded with each run. */
export interface KernelBuild {
	readonly name: string;
	/** Digest of every input, hex; also the name of the cache entry. */
	readonly key: string;
	/** Absolute path of the bootable image. */
	readonly image: string;
	/** Absolute path of the effective .config. */
	readonly config: string;
	/** Absolute path of the compiler's output. */
	readonly log: string;
	/** Exact version of the source package, e.g. `7.3.4-1~bpo13+1`. */
	readonly sourceVersion: string;
	readonly sourceSha256: string;
	readonly imageSha256: string;
	readonly compiler: string;
	readonly patches: readonly PatchSummary[];
	/** Wall-clock seconds of the build that made the entry. */
	readonly buildSeconds: number;
	readonly fromCache: boolean;
}
