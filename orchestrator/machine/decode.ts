/** Where in the source the functions of a stack are, by the debug information of the kernel that printed it. */
import { LabError } from "../domain/lab-error.ts";
import type { KernelFinding } from "../domain/verdict.ts";
import { run } from "../host/process.ts";

const MOST_PLACES = 400;
const TOOL_MS = 60_000;
const PLACE = /\b([A-Za-z_][\w.]*)\+0x([0-9a-f]+)\/0x([0-9a-f]+)/g;

interface Symbol {
	readonly address: bigint;
	readonly size: bigint;
}

const symbolsOf = async (
	image: string,
	wanted: ReadonlySet<string>,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Symbol[]>> => {
	const { stdout } = await run("nm", ["-S", "--defined-only", image], { signal, timeoutMs: TOOL_MS });
	const symbols = new Map<string, Symbol[]>();
	for (const line of stdout.split("\n")) {
		const [address, size, type, name = ""] = line.split(" ");
		if (!wanted.has(name) || !/^[tTwW]$/.test(type ?? "")) continue;
		symbols.set(name, [...(symbols.get(name) ?? []), { address: BigInt(`0x${address}`), size: BigInt(`0x${size}`) }]);
	}
	return symbols;
};

/** A stack holds return addresses, which may belong to the next line already; an instruction pointer does not. */
const addressOf = (
	[, , offset = "0", size = "0"]: RegExpMatchArray,
	symbols: readonly Symbol[],
	isPointer: boolean,
): string | undefined => {
	// Static functions may share a name; the size tells them apart as far as it can be told.
	const symbol = symbols.find((one) => one.size === BigInt(`0x${size}`)) ?? symbols[0];
	if (symbol === undefined) return undefined;
	const into = BigInt(`0x${offset}`) - (isPointer || offset === "0" ? 0n : 1n);
	return `0x${(symbol.address + into).toString(16)}`;
};

/** `file.c:123` of an address, and then where what stands there was inlined. */
const placesIn = (lines: string): readonly string[] =>
	lines
		.split("\n")
		.map((line) => line.replace(/ \(discriminator \d+\)$/, "").replace(/^(?:\.\/)+/, ""))
		.filter((place) => /:\d+$/.test(place) && !place.startsWith("??"));

/**
 * Adds `(file.c:123)` to the lines of stacks, `(list.h:140 in file.c:123)` where something was inlined. `image` is an ELF file with debug information; nothing changes where it
 * has none, and where binutils are missing.
 */
export const decodeStacks = async (
	findings: readonly KernelFinding[],
	image: string,
	signal: AbortSignal,
): Promise<readonly KernelFinding[]> => {
	const places = findings
		.flatMap(({ lines }) => lines.flatMap((line) => [...line.matchAll(PLACE)]))
		.slice(0, MOST_PLACES);
	if (places.length === 0) return findings;
	try {
		const symbols = await symbolsOf(image, new Set(places.map(([, name = ""]) => name)), signal);
		const isPointer = (line: string): boolean => /^R?IP: /.test(line);
		const addressIn = (line: string): string | undefined => {
			const [place] = line.matchAll(PLACE);
			return place && addressOf(place, symbols.get(place[1] ?? "") ?? [], isPointer(line));
		};
		const lines = findings.flatMap((finding) => finding.lines);
		const addresses = [...new Set(lines.flatMap((line) => addressIn(line) ?? []))].slice(0, MOST_PLACES);
		const { stdout } = await run("addr2line", ["-a", "-i", "-e", image, ...addresses], { signal, timeoutMs: TOOL_MS });
		const groups = stdout.split(/^0x[0-9a-f]+$/m).slice(1);
		const sources = new Map(addresses.map((address, index) => [address, placesIn(groups[index] ?? "")]));
		const decode = (line: string): string => {
			const source = sources.get(addressIn(line) ?? "") ?? [];
			return source.length === 0 ? line : `${line} (${source.join(" in ")})`;
		};
		return findings.map((finding) => ({ ...finding, lines: finding.lines.map(decode) }));
	} catch (error) {
		if (signal.aborted || !(error instanceof LabError)) throw error;
		// A stack without places is still a stack.
		return findings;
	}
};
