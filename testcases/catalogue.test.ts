import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { LIES } from "./case.ts";
import { CASES } from "./catalogue.ts";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const GROUPS = ["io", "meta", "teardown"];
const NAMES = CASES.map(({ name }) => name);

t.test("holds every case file of every group, under the name of its path", async (t) => {
	const files = GROUPS.flatMap((group) =>
		readdirSync(path.join(HERE, group))
			.filter((file) => /^[^.]+\.[jt]s$/.test(file))
			.map((file) => `${group}/${path.parse(file).name}`),
	);
	t.same([...NAMES].sort(), files.sort());
});

t.test("names every case once", async (t) => {
	t.equal(new Set(NAMES).size, NAMES.length);
});

t.test("has a case for every lie of the shim", async (t) => {
	const noticed = new Set(CASES.map(({ negativeControl }) => negativeControl));
	t.same(
		LIES.filter((lie) => !noticed.has(lie)),
		[],
	);
});

t.test("says of every case what it proves and where the kernel decides it", async (t) => {
	for (const { name, proves, decidedIn, timeoutMs } of CASES) {
		t.match(proves, /^[A-Z0-9].*\.$/, `${name} proves a sentence`);
		t.match(decidedIn, /^fs\/fuse\/\w+\.c:\w+/, `${name} names a file and a function`);
		t.ok(timeoutMs > 0 && timeoutMs <= 60_000, `${name} is bounded`);
	}
});
