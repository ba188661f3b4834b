/** How our server is compiled: one command, whole program, for the lab and for its tests. */
import type { ServerBuild } from "../../orchestrator/domain/channel.ts";

/** What neither talks to libfuse nor to the kernel: tests/ play both. */
export const TESTED_UNITS = [
	"options",
	"dialect",
	"queue",
	"setup",
	"data",
	"handle",
	"file-table",
	"fault",
	"memory",
	"pipe-io",
].map((name) => `${name}.c`);

export const WARNINGS = ["-std=gnu17", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wstrict-prototypes"] as const;

const SANITIZERS: Readonly<Record<ServerBuild, readonly string[]>> = {
	plain: ["-O2", "-g1"],
	address: ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address"],
	undefined: ["-O1", "-g", "-fsanitize=undefined", "-fno-sanitize-recover=all"],
	thread: ["-O1", "-g", "-fsanitize=thread"],
};

const LIBFUSE = "/opt/libfuse";

/** Compiler's arguments for `output` from `sources`; libfuse, liburing and jansson are the guest root's. */
export const serverArguments = (build: ServerBuild, output: string, sources: readonly string[]): readonly string[] => [
	...WARNINGS,
	...SANITIZERS[build],
	"-D_FILE_OFFSET_BITS=64",
	`-I${LIBFUSE}/include`,
	"-o",
	output,
	...sources,
	`-L${LIBFUSE}/lib`,
	`-Wl,-rpath,${LIBFUSE}/lib`,
	...["-lfuse3", "-luring", "-ljansson", "-lpthread"],
];
