/**
 * A bundle: a tar archive packed by zstd. `bundle.json` comes first and names every other file with its size and digest;
 * below it one folder per kernel, called by the kernel's key, as it lies in the cache.
 */
import { z } from "zod";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { entryShape } from "../cache.ts";

const GiB = 1024 ** 3;

/** What a bundle may hold at most; a distribution's kernel with all modules takes a tenth of it. */
export const LIMITS = {
	unpackedBytes: 4 * GiB,
	manifestBytes: 16 * 1024 ** 2,
	entries: 50_000,
	pathLength: 500,
} as const;

export const MANIFEST = "bundle.json";
/** What every kernel has; modules come below `modules/`. */
export const KERNEL_FILES = ["image", "config", "build.log"] as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const fileShape = z.object({ path: z.string(), bytes: z.number().int().nonnegative(), sha256 });

const kernelShape = z.object({
	/** Where it comes from, and what it was made with. */
	facts: entryShape,
	patches: z.array(
		z.object({
			number: z.number(),
			total: z.number(),
			subject: z.string(),
			author: z.string(),
			digest: z.string(),
		}),
	),
	/** Relative to the kernel's folder. */
	files: z.array(fileShape).max(LIMITS.entries),
});

export const manifestShape = z.object({ version: z.literal(1), kernels: z.array(kernelShape).min(1).max(1000) });

export type Manifest = Readonly<z.infer<typeof manifestShape>>;
export type BundledKernel = Manifest["kernels"][number];

/** Why a path must not be written; undefined for one that stays below the kernel's folder, and says so plainly. */
export const whyNotPath = (path: string): string | undefined => {
	if (path.length > LIMITS.pathLength) return "its name is too long";
	if (path.startsWith("/")) return "its name begins at the root";
	if (/[\p{Cc}\\]/u.test(path)) return "its name holds control characters or backslashes";
	const parts = path.split("/");
	if (parts.includes("..")) return "its name leads out of the bundle";
	return parts.some((part) => part === "" || part === ".") ? "its name is not a plain path" : undefined;
};

/** The error for a bundle that is refused; nothing of it has been kept. */
export const refused = (file: string, why: string, cause?: unknown): LabError =>
	new LabError({
		code: "bundle-invalid",
		sentence: `${file} is refused: ${why}.`,
		hint: "Nothing was taken from it. A bundle is made by `fuselab build CONFIG --export FILE`; is this one whole?",
		cause,
	});
