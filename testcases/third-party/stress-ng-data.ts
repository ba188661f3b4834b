import { defineCase } from "../case.ts";
import { runStressors } from "../lib/stress-ng.ts";

/**
 * Left out: `io` and `iomix` (they sync all file systems), `mmapfiles` (it maps the system's files, not the mount's), `fpunch`
 * (it takes FALLOC_FL_ZERO_RANGE for granted, which a tmpfs store refuses; `io/zero-range` and `io/punch-hole` look at both).
 */
export const testCase = defineCase({
	name: "third-party/stress-ng-data",
	proves: "Stressors of a file's data, of stress-ng, find what they wrote: read, written, mapped, copied, sent.",
	decidedIn: "fs/fuse/file.c:fuse_file_write_iter, 7.3.4",
	negativeControl: {
		own: "It compares with what it wrote, mostly in the page cache: of the shim's lies read-data went unnoticed; that it can fail was seen with fpunch.",
	},
	timeoutMs: 110_000,
	check: async (t, lab) =>
		await runStressors(t, lab, {
			aio: [],
			"copy-file": ["--copy-file-bytes", "128M"],
			fallocate: ["--fallocate-bytes", "16M"],
			hdd: ["--hdd-bytes", "16M"],
			"io-uring": [],
			mmap: ["--mmap-file", "--mmap-bytes", "8M"],
			msync: ["--msync-bytes", "8M"],
			readahead: ["--readahead-bytes", "16M"],
			revio: ["--revio-bytes", "16M"],
			seek: ["--seek-size", "16M"],
			sendfile: ["--sendfile-size", "4M"],
			"sync-file": ["--sync-file-bytes", "16M"],
		}),
});
