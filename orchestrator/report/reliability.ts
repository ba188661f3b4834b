/** docs/reliability.md: what was injected, reported, kept, and left. */
import { clean } from "./layout.ts";

export interface ReliabilityRow {
	readonly what: string;
	readonly reported: string;
	readonly status: string;
	readonly kept: string;
	readonly left: readonly string[];
	readonly swept: readonly string[];
	readonly seconds: number;
}

const square = (text: string): string => clean(text, 300).replaceAll("|", "\\|");

const rowOf = ({ what, reported, status, kept, left, swept, seconds }: ReliabilityRow): string => {
	const after = swept.length > 0 ? ` (\`sweep\`: ${swept.join(", ")})` : "";
	const squares = [what, reported, status, kept, `${left.length === 0 ? "nothing" : left.join(", ")}${after}`];
	return `| ${squares.map(square).join(" | ")} | ${seconds.toFixed(0)} s |`;
};

/** The page but for what is written by hand. */
export const reliabilityPage = (rows: readonly ReliabilityRow[], facts: { readonly host: string }): string => {
	const clean = rows.filter(({ left }) => left.length === 0).length;
	return `# What goes wrong, and what is left of it

Each row is a fault that was really injected into a run of one cell, in a state folder of its own. _Left_ is what was found on the
host 5 s after fuselab's end at the latest: processes (known by a mark in their environment, whoever their parent is), mounts, loop
devices, temporary files, files in the state folder that are no records. Of ${rows.length} faults ${clean} left nothing.

Made by \`npm run bench:reliability\` on ${facts.host}.

| injected | reported | exit | kept | left | took |
|---|---|---|---|---|---|
${rows.map(rowOf).join("\n")}
`;
};
