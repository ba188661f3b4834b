/** Bundles what runs in the guest into two files: over 9p, and under emulation, every file costs. */
import path from "node:path";
import { build } from "esbuild";
import { folders } from "../orchestrator/host/folders.ts";

const clone = folders.clone();

await build({
	entryPoints: {
		agent: path.join(clone, "guest/agent/main.ts"),
		cases: path.join(clone, "testcases/host.ts"),
	},
	outdir: path.join(clone, "dist/bundle"),
	outExtension: { ".js": ".mjs" },
	bundle: true,
	platform: "node",
	format: "esm",
	target: "node22",
	logLevel: "warning",
	// tap compares React elements through a package that is not installed; no case has any.
	plugins: [
		{
			name: "no-react",
			setup: ({ onLoad }) =>
				onLoad({ filter: /tcompare\/dist\/esm\/react-element-to-jsx-string\.js$/ }, () => ({
					contents: "export default () => '';",
				})),
		},
	],
	// Some of tap's dependencies are CommonJS and want `require`.
	banner: {
		js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
	},
});
