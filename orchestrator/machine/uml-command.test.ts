import t from "tap";
import { type UmlPlan, umlCommand } from "./uml-command.ts";

const PLAN: UmlPlan = {
	image: "/cache/kernels/0123/image",
	root: "/cache/roots/4567/tree",
	lab: "/opt/fuselab/89ab",
	cpus: 2,
	memoryMiB: 512,
	parameters: ["null_blk.nr_devices=0"],
	lifetimeSeconds: 60,
	interactive: false,
};

t.test("the kernel is the program; CPUs, memory and the lab are its parameters", async (t) => {
	const [program, ...words] = umlCommand(PLAN);
	t.equal(program, PLAN.image);
	for (const word of [
		"ncpus=2",
		"mem=512M",
		"fuselab_lab=/opt/fuselab/89ab",
		"fuselab_seconds=60",
		"init=/opt/fuselab/89ab/init",
	])
		t.ok(words.includes(word), word);
});

t.test("the root is the host's folder, mounted read-only, and hostfs begins there", async (t) => {
	const words = umlCommand(PLAN);
	t.ok(words.includes("rootfstype=hostfs"));
	t.ok(words.includes("hostfs=/cache/roots/4567/tree"));
	t.ok(words.includes("ro"));
	t.notOk(words.includes("rw"));
});

t.test("a panic ends the process, and UML leaves no folder", async (t) => {
	const words = umlCommand(PLAN);
	for (const word of ["noreboot", "panic=-1", "uml_dir=/proc/self/"]) t.ok(words.includes(word), word);
});

t.test("the console takes input, and has a shell, only when a person sits there", async (t) => {
	t.ok(umlCommand(PLAN).includes("con0=null,fd:1"));
	t.notMatch(umlCommand(PLAN).join(" "), /fuselab_shell/);
	const words = umlCommand({ ...PLAN, interactive: true });
	t.ok(words.includes("con0=fd:0,fd:1"));
	t.ok(words.includes("fuselab_shell=1"));
});

t.test("the channel is a serial line of its own, apart from the console", async (t) => {
	const words = umlCommand(PLAN);
	t.ok(words.includes("ssl0=fd:3,fd:4"));
	t.ok(words.includes("fuselab_channel=/dev/ttyS0"));
	t.ok(words.includes("console=tty0"));
});
