/** Values as they recur in a config; every message is a phrase that completes "wanted …". */
import { z } from "zod";

export const anyOf = (values: readonly string[]): string => `one of ${values.join(", ")}`;

export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
	z.enum(values, { error: anyOf(values) });

export const wholeNumber = (from: number, to: number) => {
	const error = `a whole number from ${from} to ${to}`;
	return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
};

export const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

/** A list with at least one entry; a bare string is no list, as a later second entry would change the file's shape. */
export const listOf = <T extends z.ZodType>(entry: T, error: string, most: number) =>
	z
		.array(entry, { error })
		.min(1, { error })
		.max(most, { error: `${error}, at most ${most}` });

export const isMap = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** Checks by the schema that the value looks like, so that a fault is told at its own place; a union tells its own only. */
export const byForm = <T>(pick: (value: unknown) => z.ZodType<T>) =>
	z.unknown().transform((value, context): T => {
		const checked = pick(value).safeParse(value);
		if (checked.success) return checked.data;
		for (const issue of checked.error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
		return z.NEVER;
	});

const SIZE = /^([1-9]\d{0,6})([MG])(?:iB)?$/;

/** `512M` or `2G` in MiB; undefined when it is neither. */
const mebibytesOf = (size: string): number | undefined => {
	const match = SIZE.exec(size);
	return match === null ? undefined : Number(match[1]) * (match[2] === "G" ? 1024 : 1);
};

export const size = (from: string, to: string) => {
	const error = `a size from ${from} to ${to}, such as 512M or 2G`;
	const [least = 0, most = 0] = [mebibytesOf(from), mebibytesOf(to)];
	return z
		.string({ error })
		.refine(
			(given) => {
				const mebibytes = mebibytesOf(given);
				return mebibytes !== undefined && mebibytes >= least && mebibytes <= most;
			},
			{ error },
		)
		.transform((given) => mebibytesOf(given) ?? 0);
};
