/** How it was shown, for each mode, which transport carried the requests. */
import type { ArchivedRun } from "../domain/run.ts";
import type { TransportProof } from "../domain/verdict.ts";
import { clean, paint, plural, type Style, wrap } from "./layout.ts";

const COUNTS = /^[\w-]+(?: [\w-]+)* \d+(?:, [\w-]+(?: [\w-]+)* \d+)*$/;

/** Details such as `sent 12, committed 12` are added up; others speak by the first of them. */
const detailOf = (proofs: readonly TransportProof[]): string => {
	const details = proofs.map(({ detail }) => clean(detail, 300));
	const counted = details.filter((detail) => COUNTS.test(detail));
	if (counted.length === 0) return details[0] ?? "";
	const sums = new Map<string, number>();
	for (const detail of counted)
		for (const part of detail.split(", ")) {
			const [name, value] = [part.slice(0, part.lastIndexOf(" ")), Number(part.slice(part.lastIndexOf(" ") + 1))];
			sums.set(name, (sums.get(name) ?? 0) + value);
		}
	const total = [...sums].map(([name, sum]) => `${name} ${sum}`).join(", ");
	return counted.length === details.length
		? total
		: `${total}; otherwise ${details.find((detail) => !COUNTS.test(detail))}`;
};

/** One line for each mode, finding and witness. */
export const proofSection = ({ cells }: ArchivedRun, style: Style): readonly string[] => {
	const groups = new Map<string, TransportProof[]>();
	for (const { cell, proof } of cells) {
		if (proof === null) continue;
		const key = `${cell.mode}\n${proof.found}\n${proof.witness}`;
		groups.set(key, [...(groups.get(key) ?? []), proof]);
	}
	if (groups.size === 0) return [];
	return [
		"",
		paint(style, "bold", "transport"),
		...[...groups]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.flatMap(([key, proofs]) => {
				const [mode = "", found = "", witness = ""] = key.split("\n");
				const said = found === "unproven" ? "NOT PROVEN" : `went by ${found}`;
				const [first = "", ...rest] = wrap(
					`${mode}: ${plural(proofs.length, "cell")} ${said}, witness ${witness}: ${detailOf(proofs)}`,
					"    ",
				);
				return [first.slice(2), ...rest];
			}),
	];
};
