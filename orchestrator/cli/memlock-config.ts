/** A config that asks one question of the memlock laboratory alone. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { isScalar, parseDocument, visit } from "yaml";
import type { LabConfig } from "../domain/lab-config.ts";
import type { MemlockQuestion } from "../domain/memlock-row.ts";
import { ensureFolder } from "../host/folders.ts";

const fileNameOf = ({ server, name }: MemlockQuestion): string =>
	`${server.mode}-${name}`.toLowerCase().replaceAll(/[^a-z\d]+/g, "-");

/** The config's text with this question's mode, options and limit; paths no longer depend on where the file lies. */
const textFor = (config: LabConfig, question: MemlockQuestion, file: string): string => {
	const document = parseDocument(config.text);
	const folder = path.dirname(config.file);
	visit(document, {
		Scalar: (key, node) => {
			if (key === "key" || !isScalar(node) || typeof node.value !== "string" || !node.value.includes("/")) return;
			const absolute = path.resolve(folder, node.value);
			if (existsSync(absolute)) node.value = absolute;
		},
	});
	const { server, user, limit, act } = question;
	const rounds = act.kind === "rounds" ? ` --rounds ${act.count}` : "";
	document.set("name", path.basename(file, ".yaml"));
	document.set("modes", [server.mode]);
	document.set("machine", { ...(document.toJS() as { machine?: object }).machine, kind: config.machine.kind });
	document.set("server", {
		"queue-depth": server.depth,
		...Object.fromEntries(Object.entries(server.options).map(([name, value]) => [name, yamlValue(value)])),
		user: user === "unprivileged" ? "unprivileged" : "root",
		...(limit === "search" ? {} : { memlock: limit }),
	});
	document.commentBefore = ` The row of the memlock laboratory by itself:\n   fuselab memlock ${file} --rows '${question.name}' --user ${user}${rounds}`;
	return document.toString();
};

const yamlValue = (value: string): string | number | boolean => {
	if (value === "yes" || value === "no") return value === "yes";
	return /^\d+$/.test(value) ? Number(value) : value;
};

/** Writes one file for each question; gives their paths. */
export const writeConfigs = async (
	config: LabConfig,
	questions: readonly MemlockQuestion[],
	into: string,
): Promise<readonly string[]> => {
	const folder = await ensureFolder(path.resolve(into));
	const files: string[] = [];
	for (const question of questions) {
		const file = path.join(folder, `${fileNameOf(question)}.yaml`);
		await writeFile(file, textFor(config, question, file));
		files.push(file);
	}
	return files;
};
