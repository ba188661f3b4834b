import t from "tap";
import { toJson } from "./json.ts";
import { check, runOf } from "./sample.ts";

t.test("holds the run, its cells and the totals, and survives JSON", async (t) => {
	const archived = runOf([check("io/append", "devfuse", "tmpfs")]);
	const json: unknown = JSON.parse(JSON.stringify(toJson(archived)));
	t.same(Object.keys(json as object), ["version", "run", "cells", "totals"]);
	t.match(json, {
		version: 1,
		run: { id: archived.run.id, planned: ["counters/devfuse/tmpfs/io/append#1"] },
		cells: [{ verdict: { outcome: "pass" } }],
		totals: { pass: 1, fail: 0, skip: 0, broken: 0, neverRan: 0, unreadable: 0 },
	});
});
