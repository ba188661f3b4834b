import { readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { MODES } from "../domain/cell.ts";
import { folders } from "../host/folders.ts";
import { OWN_OPTIONS } from "./server-schema.ts";

const source = readFileSync(path.join(folders.clone(), "guest/server/options.c"), "utf8");

t.test("every option of the server can be set in a config, but for what the lab itself decides", async (t) => {
	const names = [...source.matchAll(/^\t\{ "([a-z-]+)", [A-Z]+, AT/gm)].map(([, name]) => name);
	const decided = ["mode", "store", "depth", "fsname", "control", "source", "mount"];
	t.same(names.filter((name) => !decided.includes(name ?? "")).toSorted(), [...OWN_OPTIONS].toSorted());
});

t.test("the server has every mode but libfuse's own", async (t) => {
	const names = [...source.matchAll(/^\t\[MODE_[A-Z_]+\] = "([a-z-]+)"/gm)].map(([, name]) => name);
	t.same(
		names,
		MODES.filter((mode) => mode !== "uring-libfuse"),
	);
});
