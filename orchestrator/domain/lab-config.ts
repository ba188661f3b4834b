import type { JobSet, MachineSpec, Mode, Store } from "./cell.ts";
import type { ServerSettings } from "./channel.ts";
import type { KernelWish, Prefixes } from "./kernel.ts";
import type { Xfstests } from "./third-party.ts";
import type { KnownTrouble } from "./verdict.ts";

/** A kernel of a config; with prefixes it stands for a ladder of kernels. */
export interface KernelRequest extends KernelWish {
	readonly prefixes?: Prefixes;
}

/** Which libfuse carries `uring-libfuse` and the servers of `server.command`; our own server always has Debian's. */
export type LibfuseSource =
	| { readonly kind: "debian" }
	/** URL or path of a repository, and a branch, tag or commit. */
	| { readonly kind: "git"; readonly git: string; readonly ref: string }
	/** Absolute path of an unpacked tree; it is only read. */
	| { readonly kind: "folder"; readonly folder: string };

/** What a config file asks for, complete: defaults are filled in and every path is absolute. */
export interface LabConfig {
	/** Absolute path of the file it was read from. */
	readonly file: string;
	/** The file's text as it was read; recorded with each run. */
	readonly text: string;
	readonly name: string;
	readonly kernels: readonly KernelRequest[];
	readonly machine: MachineSpec;
	/** Numbers of vCPUs, one boot each; `machine.cpus` is the first. */
	readonly cpus: readonly number[];
	readonly modes: readonly Mode[];
	readonly stores: readonly Store[];
	readonly server: ServerSettings;
	readonly libfuse: LibfuseSource;
	/** What `third-party/xfstests` runs; null: it is ruled out. */
	readonly xfstests: Xfstests | null;
	/** Names of the cases that were asked for, globs resolved, in the order of the known cases. */
	readonly cases: readonly string[];
	readonly figures: JobSet | "none";
	/** How often each cell runs. */
	readonly repeat: number;
	/** Trouble in kernel logs that counts for nothing. */
	readonly allow: readonly KnownTrouble[];
}
