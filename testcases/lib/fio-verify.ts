import type { Lab } from "../case.ts";

/** fio writes 1 MiB at random in pieces of odd sizes, reads it back and compares checksums; its own status says how it went. */
export const fioVerify = async (lab: Lab, args: readonly string[]): ReturnType<Lab["run"]> =>
	await lab.run("fio", [
		"--name=verify",
		`--filename=${lab.mount}/file`,
		"--rw=randwrite",
		"--size=1M",
		"--bsrange=4k-64k",
		"--bs_unaligned=0",
		"--verify=crc32c",
		"--verify_fatal=1",
		"--end_fsync=1",
		"--thread",
		"--fallocate=none",
		...args,
	]);
