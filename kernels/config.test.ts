import t from "tap";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { lostOptions, mergeOptions, optionsOf, parseOptions, requireOptions, unmetIn } from "./config.ts";
import { demandsIn, demandsOn } from "./kconfig.ts";

const asked = optionsOf([
	{ name: "a", text: 'CONFIG_FUSE_FS=y\nCONFIG_NR_CPUS=8\n# words\nCONFIG_LOCALVERSION=""\n' },
	{ name: "b", text: "CONFIG_NR_CPUS=64\n# CONFIG_MODULES is not set\n" },
]);

t.test("lets a later fragment override an earlier one and the base", async (t) => {
	const merged = mergeOptions("# comment\nCONFIG_NR_CPUS=1\nCONFIG_MODULES=y\nCONFIG_64BIT=y\n", asked);
	t.strictSame(merged.trim().split("\n").sort(), [
		"# CONFIG_MODULES is not set",
		"CONFIG_64BIT=y",
		"CONFIG_FUSE_FS=y",
		'CONFIG_LOCALVERSION=""',
		"CONFIG_NR_CPUS=64",
	]);
});

t.test("finds options that were dropped, changed or set against the wish; absent is as good as not set", async (t) => {
	t.strictSame(lostOptions(asked, parseOptions('CONFIG_FUSE_FS=y\nCONFIG_NR_CPUS=64\nCONFIG_LOCALVERSION=""')), []);
	t.strictSame(lostOptions(asked, parseOptions('CONFIG_NR_CPUS=8\nCONFIG_MODULES=y\nCONFIG_LOCALVERSION=""\n')), [
		{ option: "FUSE_FS", asked: "y", got: "n" },
		{ option: "NR_CPUS", asked: "64", got: "8" },
		{ option: "MODULES", asked: "n", got: "y" },
	]);
});

const FS = `
menu "File systems"
menuconfig NETWORK_FILESYSTEMS
	bool "Network"
	depends on NET
if NETWORK_FILESYSTEMS
source "fs/9p/Kconfig"
endif
endmenu
`;
const NINE_P = `
config 9P_FS
	tristate "Plan 9"
	depends on NET_9P && \\
		INET
	help
	  Not a depends line: this depends on nothing.

config 9P_FS_POSIX_ACL
	bool "ACL" if EXPERT
	depends on 9P_FS
`;

t.test("reads what Kconfig demands of an option: own lines, blocks around it, files that lead to it", async (t) => {
	t.strictSame(demandsIn(NINE_P, "config 9P_FS"), ["NET_9P &&  \t\tINET"]);
	t.equal(demandsIn(NINE_P, "config 9P"), undefined);
	const files = new Map([
		["fs/Kconfig", FS],
		["fs/9p/Kconfig", NINE_P],
	]);
	t.strictSame(demandsOn(files, "config 9P_FS_POSIX_ACL"), ["NETWORK_FILESYSTEMS", "9P_FS"]);
	t.equal(demandsOn(files, "config ABSENT"), undefined);
});

t.test("names the unset parts of a dependency", async (t) => {
	t.strictSame(unmetIn("NET_9P && (INET || !X86_32) && 9P_FS", parseOptions("CONFIG_INET=y\n")), [
		"NET_9P",
		"X86_32",
		"9P_FS",
	]);
});

t.test("tells every lost option with its reason", async (t) => {
	const tree = t.testdir({ fs: { Kconfig: FS, "9p": { Kconfig: NINE_P } } });
	const wish = parseOptions("CONFIG_9P_FS=y\nCONFIG_ABSENT=m\n");
	try {
		const effective = parseOptions("CONFIG_NET_9P=y\nCONFIG_INET=y\n");
		await requireOptions(tree, "x86_64", wish, effective, new AbortController().signal);
		t.fail("nothing was lost");
	} catch (error) {
		if (!(error instanceof LabError)) throw error;
		t.equal(error.code, "kernel-config-lost");
		t.strictSame(error.evidence, [
			"CONFIG_9P_FS: asked y, got n; depends on NETWORK_FILESYSTEMS (not set: NETWORK_FILESYSTEMS)",
			"CONFIG_ABSENT: asked m, got n; this source has no such option",
		]);
	}
});
