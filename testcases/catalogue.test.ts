import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { isThirdParty } from "../orchestrator/domain/third-party.ts";
import { LIES } from "./case.ts";
import { CASES } from "./catalogue.ts";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const GROUPS = ["coherence", "faults", "io", "limits", "memlock", "meta", "teardown", "third-party", "transport"];
const NAMES = CASES.map(({ name }) => name);

t.test("holds every case file of every group, under the name of its path", async (t) => {
	const files = GROUPS.flatMap((group) =>
		readdirSync(path.join(HERE, group))
			.filter((file) => /^(?!index\.)[^.]+\.[jt]s$/.test(file))
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
		t.match(proves, /^([A-Z0-9]|\w+\([28]\)).*\.$/, `${name} proves a sentence`);
		t.match(decidedIn, /^(fs\/fuse|io_uring|mm)\/\w+\.c:\w+/, `${name} names a file and a function`);
		const most = name === "third-party/xfstests" ? 3_600_000 : isThirdParty(name) ? 120_000 : 60_000;
		t.ok(timeoutMs > 0 && timeoutMs <= most, `${name} is bounded`);
	}
});

t.test("has for every case something that it must notice, or says why not", async (t) => {
	for (const { name, negativeControl: control, needs = [] } of CASES) {
		if (typeof control === "string") t.ok(LIES.includes(control), `${name} names a lie of the shim`);
		else if ("own" in control) t.match(control.own, /^[A-Z].*\.$/, `${name} says why it is its own control`);
		else {
			// passthrough_hp takes no orders: only with this need does the plan keep such a case away from it.
			t.ok(needs.includes("own-server"), `${name} needs our own server`);
			t.ok((control.count ?? 1) >= 1000, `${name} is lied to throughout`);
		}
	}
});

t.test("asks for our own server wherever a case gives it orders", async (t) => {
	for (const { name, check, needs = [] } of CASES)
		if (/askServer|orderFault|expectServerEnd/.test(String(check))) t.ok(needs.includes("own-server"), name);
});
