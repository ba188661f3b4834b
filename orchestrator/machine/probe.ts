/** Does KVM really boot a guest here? Opening /dev/kvm proves nothing, so a kernel is booted and its first words awaited. */
import { access, constants, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { readIfThere, writeAtomically } from "../host/files.ts";
import { ensureFolder, folders } from "../host/folders.ts";
import { run } from "../host/process.ts";

export interface KvmAnswer {
	readonly works: boolean;
	/** Why, as a clause: `a guest kernel spoke after 0.4 s`. */
	readonly why: string;
}

const answersSchema = z.record(z.string(), z.object({ works: z.boolean(), why: z.string() }));
const PROBE_SECONDS = 8;

export const qemuVersion = async (signal: AbortSignal): Promise<string> => {
	const { stdout } = await run("qemu-system-x86_64", ["--version"], {
		signal,
		failure: "tool-missing",
		hint: "`fuselab setup` installs QEMU.",
	});
	return /version (\S+)/.exec(stdout)?.[1] ?? "unknown";
};

const bootTiny = async (image: string, signal: AbortSignal): Promise<KvmAnswer> => {
	const log = path.join(await ensureFolder(folders.state()), `kvm-probe-${process.pid}.log`);
	const started = performance.now();
	try {
		// No disk, no root: the kernel's own panic for want of one is the sign of life, and ends QEMU by -no-reboot.
		await run(
			"qemu-system-x86_64",
			[
				...[
					"-machine",
					"q35",
					"-accel",
					"kvm",
					"-cpu",
					"host",
					"-m",
					"512",
					"-nodefaults",
					"-display",
					"none",
					"-no-reboot",
				],
				...["-serial", `file:${log}`, "-kernel", image, "-append", "console=ttyS0 earlyprintk=serial,ttyS0 panic=-1"],
			],
			{ signal, timeoutMs: PROBE_SECONDS * 1000 },
		);
	} catch {
		signal.throwIfAborted();
		// The console decides, not how QEMU ended.
	}
	const console = await readFile(log, "utf8").catch(() => "");
	await rm(log, { force: true });
	const seconds = ((performance.now() - started) / 1000).toFixed(1);
	return console.includes("Linux version")
		? { works: true, why: `a guest kernel ran under it for ${seconds} s` }
		: { works: false, why: `/dev/kvm opens, but a guest kernel printed nothing in ${seconds} s` };
};

/** Answers from memory (per host kernel and QEMU), else boots `image` once; without an image the answer is not known yet. */
export const probeKvm = async (image: string | undefined, signal: AbortSignal): Promise<KvmAnswer | undefined> => {
	try {
		await access("/dev/kvm", constants.R_OK | constants.W_OK);
	} catch (error) {
		return {
			works: false,
			why: `/dev/kvm cannot be opened (${error instanceof Error && "code" in error ? String(error.code) : "error"})`,
		};
	}
	const key = `${os.release()} ${await qemuVersion(signal)}`;
	const file = path.join(await ensureFolder(folders.state()), "kvm-probe.json");
	const known = answersSchema.safeParse(JSON.parse((await readIfThere(file)) ?? "{}"));
	const answers = known.success ? known.data : {};
	const remembered = answers[key];
	if (remembered !== undefined) return remembered;
	if (image === undefined) return undefined;
	const answer = await bootTiny(image, signal);
	await writeAtomically(file, JSON.stringify({ ...answers, [key]: answer }));
	return answer;
};
