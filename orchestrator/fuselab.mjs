#!/usr/bin/env node
// The way in: makes node_modules and dist what the clone's files ask for, then hands over to the built program.
// Plain JavaScript, because it runs before the TypeScript compiler is there.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const clone = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 20)) {
	process.stderr.write(`fuselab needs Node 20.20 or newer; this is ${process.version}.\n`);
	process.exit(69);
}

const step = (what, command, args) => {
	process.stderr.write(`fuselab: ${what}\n`);
	const { status, signal } = spawnSync(command, args, { cwd: clone, stdio: ["ignore", 2, 2] });
	if (status === 0) return;
	process.stderr.write(`fuselab: \`${[command, ...args].join(" ")}\` failed (${signal ?? status}).\n`);
	process.exit(signal === null ? 69 : 130);
};

const mtime = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
const newest = (folder) =>
	readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name))
		.reduce((time, entry) => Math.max(time, mtime(path.join(entry.parentPath ?? entry.path, entry.name))), 0);

const lock = path.join(clone, "package-lock.json");
if (mtime(path.join(clone, "node_modules/.package-lock.json")) < mtime(lock))
	step("installing the npm packages that package-lock.json names", "npm", [
		"ci",
		"--no-audit",
		"--no-fund",
		"--loglevel=error",
	]);

const stamp = path.join(clone, "dist/.built");
const rooms = ["orchestrator", "kernels", "guest", "testcases", "tests"];
const sources = rooms.map((name) => newest(path.join(clone, name)));

/** The compiler leaves the output of a file that is gone, and a test of it would still be run. */
const removeStale = () => {
	for (const room of rooms.filter((name) => existsSync(path.join(clone, "dist", name))))
		for (const file of readdirSync(path.join(clone, "dist", room), { recursive: true, encoding: "utf8" }))
			if (/\.js(\.map)?$/.test(file) && !existsSync(path.join(clone, room, file.replace(/\.js(\.map)?$/, ".ts"))))
				rmSync(path.join(clone, "dist", room, file));
};

if (mtime(stamp) < Math.max(mtime(lock), mtime(path.join(clone, "tsconfig.json")), ...sources)) {
	const started = Date.now();
	removeStale();
	step("compiling", "npm", ["run", "--silent", "build"]);
	writeFileSync(stamp, "");
	// What changed while the compiler ran is compiled the next time.
	const { utimesSync } = await import("node:fs");
	utimesSync(stamp, started / 1000, started / 1000);
}

process.setSourceMapsEnabled(true);
const { main } = await import("../dist/orchestrator/main.js");
let args = process.argv.slice(2);
if (args[0] === "--with-setup") {
	args = args.slice(1);
	const status = await main(["setup", "--quiet", ...(args[0] === "--self-test" ? ["--tests"] : [])]);
	if (status !== 0) process.exit(status);
}
if (args[0] === "--self-test") {
	const { selfTest } = await import("../dist/tests/self-test.js");
	process.exit(await selfTest(args.slice(1)));
}
process.exit(await main(args));
