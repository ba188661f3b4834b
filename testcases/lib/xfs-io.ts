/** The bytes in the output of xfs_io's `pread -v` or `mread -v`: `00000000:  68 65 …  he…` a line. */
export const bytesOfDump = (dump: string): Buffer =>
	Buffer.from(
		[...dump.matchAll(/^[0-9a-f]{8,}: {2}((?:[0-9a-f]{2} )+)/gm)]
			.map(([, bytes = ""]) => bytes.replaceAll(" ", ""))
			.join(""),
		"hex",
	);
