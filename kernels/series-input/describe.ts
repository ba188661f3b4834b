/** A series as `fuselab series show` and `--json` tell of it. Pure. */
import { parseDiff } from "../diff.ts";
import { type Claim, claimsIn } from "./claims.ts";
import { patchsetHash, type Series, type SeriesPatch } from "./series.ts";

export interface FileStat {
	readonly file: string;
	readonly insertions: number;
	readonly deletions: number;
}

export interface Trailer {
	readonly key: string;
	readonly value: string;
}

export interface PatchDescription {
	readonly number: number;
	readonly subject: string;
	readonly author: string;
	/** sha256 of the patch file, hex. */
	readonly digest: string;
	readonly files: readonly FileStat[];
	readonly trailers: readonly Trailer[];
}

export interface SeriesDescription
	extends Pick<Series, "origin" | "version" | "versions" | "prerequisites" | "leftOut"> {
	readonly cover: { readonly subject: string; readonly author: string } | null;
	/** 40 hex digits. */
	readonly base: string | null;
	readonly patchsetHash: string;
	readonly patches: readonly PatchDescription[];
	/** Over all patches, by file. */
	readonly diffstat: readonly FileStat[];
	readonly claims: readonly Claim[];
}

const statOf = ({ diff, strip }: SeriesPatch): readonly FileStat[] =>
	parseDiff(diff, strip).map(({ file, hunks }) => {
		const count = (mark: string): number =>
			hunks.flatMap(({ lines }) => lines).filter((line) => line.startsWith(mark)).length;
		return { file, insertions: count("+"), deletions: count("-") };
	});

const sumByFile = (stats: readonly FileStat[]): readonly FileStat[] => {
	const sums = new Map<string, FileStat>();
	for (const { file, insertions, deletions } of stats) {
		const sum = sums.get(file) ?? { file, insertions: 0, deletions: 0 };
		sums.set(file, { file, insertions: sum.insertions + insertions, deletions: sum.deletions + deletions });
	}
	return [...sums.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
};

const TRAILER = /^([A-Z][A-Za-z-]*): *(\S.*)$/;

/** The last paragraph of a message, when it is made of trailers. */
export const trailersOf = (message: string): readonly Trailer[] => {
	const lines = (
		message
			.trim()
			.split(/\n\s*\n/)
			.at(-1) ?? ""
	)
		.split("\n")
		.map((line) => line.trim());
	const trailers = lines.map((line) => TRAILER.exec(line));
	return trailers.some((trailer) => trailer !== null && /-by$|^(?:Fixes|Link|Closes|Cc)$/.test(trailer[1] ?? ""))
		? trailers.flatMap((trailer) => (trailer === null ? [] : [{ key: trailer[1] ?? "", value: trailer[2] ?? "" }]))
		: [];
};

/** Tells of a series. */
export const describeSeries = (series: Series): SeriesDescription => {
	const { origin, version, versions, cover, base, prerequisites, leftOut } = series;
	const patches = series.patches.map((patch, index) => ({
		number: index + 1,
		subject: patch.subject,
		author: patch.author,
		digest: patch.digest,
		files: statOf(patch),
		trailers: trailersOf(patch.message),
	}));
	return {
		origin,
		version,
		versions,
		cover: cover === undefined ? null : { subject: cover.subject, author: cover.author },
		base: base ?? null,
		prerequisites,
		leftOut,
		patchsetHash: patchsetHash(series.patches),
		patches,
		diffstat: sumByFile(patches.flatMap(({ files }) => files)),
		claims: cover === undefined ? [] : claimsIn(cover.text),
	};
};
