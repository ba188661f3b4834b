/** Whether a name is meant by a pattern, in which `*` stands for any characters. */
export const matchesPattern = (pattern: string, name: string): boolean =>
	new RegExp(
		`^${pattern
			.split(/\*+/)
			.map((part) => part.replaceAll(/[^\w-]/g, "\\$&"))
			.join(".*")}$`,
	).test(name);
