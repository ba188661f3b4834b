/** A thread of a mail archive, fetched by b4. */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { run } from "../../orchestrator/host/process.ts";
import { mailsOfMbox, namesIn } from "./files.ts";
import { invalidSeries, type Series } from "./series.ts";
import { readThread } from "./thread.ts";

const FETCH_TIMEOUT_MS = 2 * 60 * 1000;

/**
 * The message-id in what people paste: `<ID>`, `ID`, or an archive's address of it such as
 * https://lore.kernel.org/r/ID, /all/ID/, /linux-fsdevel/ID/T/#u or https://patch.msgid.link/ID.
 */
export const messageIdOf = (given: string): string => {
	const address = /^https?:\/\/[^/]+\/([^?#]*)/.exec(given.trim())?.[1];
	const decode = (part: string): string => {
		try {
			return decodeURIComponent(part);
		} catch {
			return part;
		}
	};
	const id = (
		address
			?.split("/")
			.map(decode)
			.find((part) => part.includes("@")) ?? (address === undefined ? given : "")
	)
		.trim()
		.replace(/^<(.*)>$/, "$1")
		.replace(/^id:/, "");
	// It becomes a word of a command line, and part of an address.
	if (!/^[A-Za-z0-9_+=.%~$!#&*'^{}|-]+@[A-Za-z0-9.\-_[\]]+$/.test(id) || id.startsWith("-"))
		throw invalidSeries(
			`${JSON.stringify(given.slice(0, 200))} holds no message-id.`,
			"Give one as `<ID@HOST>`, or an address such as https://lore.kernel.org/r/ID@HOST.",
		);
	return id;
};

/** Arguments of b4 that fetch the thread of a message, and newer versions of its series. */
export const b4Arguments = (id: string, folder: string): readonly string[] => [
	"mbox",
	...["--outdir", folder, "--mbox-name", "thread.mbx"],
	"--check-newer-revisions",
	id,
];

const fetchFailed = (id: string, error: LabError): LabError =>
	error.code === "tool-missing"
		? new LabError({
				code: "tool-missing",
				sentence: `b4, which fetches <${id}>, is not installed.`,
				hint: "apt-get install b4; or save the thread as an mbox where there is a network, and name the file.",
				cause: error,
			})
		: new LabError({
				code: "fetch-failed",
				sentence: `b4 could not fetch the thread of <${id}>.`,
				hint: "Is the network up, and the id right? An mbox that was saved elsewhere does as well.",
				// b4 ends with a Python stack; what went wrong is its last line.
				evidence: error.evidence.filter((line) => !/^\s|^Traceback/.test(line)).slice(-3),
				cause: error,
			});

/** Fetches the thread of a message and reads the series in it. */
export const readMessage = async (given: string, version: number | null, signal: AbortSignal): Promise<Series> => {
	const id = messageIdOf(given);
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-thread-"));
	try {
		await run("b4", b4Arguments(id, folder), { signal, cwd: folder, timeoutMs: FETCH_TIMEOUT_MS });
		const [name] = (await namesIn(folder)).filter((each) => /\.mbo?x$/.test(each));
		if (name === undefined)
			throw new LabError({
				code: "fetch-failed",
				sentence: `b4 ended well and left no thread of <${id}>.`,
				hint: "Is there such a message?",
			});
		return await readThread(await mailsOfMbox(path.join(folder, name)), `<${id}>`, version);
	} catch (error) {
		signal.throwIfAborted();
		throw error instanceof LabError && ["host-unsupported", "tool-missing"].includes(error.code)
			? fetchFailed(id, error)
			: error;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};
