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
