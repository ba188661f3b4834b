import { access, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../domain/lab-error.ts";
import { isMissing, readIfThere, writeAtomically } from "./files.ts";
import { ensureFolder, folders } from "./folders.ts";
import { withLock } from "./lock.ts";
import { run } from "./process.ts";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const FRESH_MS = 6 * 60 * 60 * 1000;
/** After a failed update the old lists do for a while, so that an offline machine does not wait at every step. */
const RETRY_MS = 10 * 60 * 1000;
const UPDATE_TIMEOUT_MS = 10 * 60 * 1000;

/** An apt of our own for one suite; the machine's is never touched. */
export interface PrivateApt {
	readonly suite: string;
	/** Address of the archive. */
	readonly mirror: string;
	/** Environment that makes apt-get and apt-cache use it. */
	readonly env: { readonly APT_CONFIG: string };
	/** Why the package lists are old; undefined when they are fresh. */
	readonly stale: string | undefined;
}

/** What fetching needs besides names. */
export interface AptOptions {
	readonly signal: AbortSignal;
	/** Told before anything that takes long, and when old package lists must do. */
	readonly onStage: (text: string) => void;
}

/** Text of apt.conf for the private root. */
export const aptConfigText = (root: string): string =>
	[
		`Dir "${root}";`,
		`Dir::Etc "${root}/etc";`,
		`Dir::Etc::Parts "${root}/none";`,
		`Dir::Etc::Main "none";`,
		`Dir::State "${root}/state";`,
		`Dir::State::Lists "${root}/lists";`,
		`Dir::State::Status "${root}/state/status";`,
		`Dir::Cache "${root}";`,
		`Dir::Cache::Archives "${root}/archives";`,
		`Dir::Log "${root}";`,
		// The Release file of a mirror that lags may be past its date; its signature is verified all the same.
		`Acquire::Check-Valid-Until "false";`,
		`Acquire::Languages "none";`,
		`Acquire::Retries "2";`,
		`Acquire::http::Timeout "30";`,
		`Acquire::https::Timeout "30";`,
		// Without this apt-get update ends with status 0 although a list could not be fetched.
		`APT::Update::Error-Mode "any";`,
		`APT::Sandbox::User "root";`,
		"",
	].join("\n");

const sourcesText = (mirror: string, suite: string): string =>
	["deb", "deb-src"].map((type) => `${type} [signed-by=${KEYRING}] ${mirror} ${suite} main\n`).join("");

const ageMs = async (file: string): Promise<number> => {
	try {
		return Date.now() - (await stat(file)).mtimeMs;
	} catch (error) {
		if (isMissing(error)) return Number.POSITIVE_INFINITY;
		throw error;
	}
};

const requireKeyring = async (): Promise<void> => {
	try {
		await access(KEYRING);
	} catch (cause) {
		throw new LabError({
			code: "tool-missing",
			sentence: "Debian's archive keys are not installed, so downloads cannot be verified.",
			hint: "apt-get install debian-archive-keyring",
			cause,
		});
	}
};

const prepareRoot = async (root: string, mirror: string, suite: string): Promise<void> => {
	for (const folder of ["etc/trusted.gpg.d", "etc/preferences.d", "none", "lists/partial", "archives/partial", "state"])
		await ensureFolder(path.join(root, folder));
	await writeFile(path.join(root, "state/status"), "", { flag: "a" });
	await writeAtomically(path.join(root, "apt.conf"), aptConfigText(root));
	await writeAtomically(path.join(root, "etc/sources.list"), sourcesText(mirror, suite));
};

const noLists = (suite: string, error: LabError): LabError => {
	const { evidence } = error;
	const says = (words: string): boolean => evidence.some((line) => line.includes(words));
	if (says("does not have a Release file"))
		return new LabError({
			code: "source-missing",
			sentence: `The Debian archive of this machine has no suite \`${suite}\` or cannot be reached.`,
			hint: "Look for a misspelt suite in the config (e.g. `trixie-backports`, `sid`) and try `apt-get update`.",
			...{ evidence, cause: error },
		});
	const full = says("No space left on device") || says("don't have enough free space");
	return new LabError({
		code: full ? "disk-full" : "fetch-failed",
		sentence: full
			? `No space left for the package lists of \`${suite}\`.`
			: `The package lists of \`${suite}\` could not be fetched.`,
		hint: full
			? "Free some space (`fuselab gc` removes caches that are not in use) and start again."
			: "Is the network up? `apt-get update` shows what apt itself says.",
		...{ evidence, cause: error },
	});
};

/** Gives the reason why old lists must do, or undefined when the lists are fresh. */
const freshen = async (root: string, suite: string, { signal, onStage }: AptOptions): Promise<string | undefined> => {
	const done = path.join(root, "updated");
	const failed = path.join(root, "update-failed");
	if ((await ageMs(done)) < FRESH_MS) return undefined;
	const hasLists = (await readIfThere(done)) !== undefined;
	if (hasLists && (await ageMs(failed)) < RETRY_MS) return (await readFile(failed, "utf8")).trim();
	onStage(`renewing the package lists of Debian ${suite}`);
	try {
		await run("apt-get", ["update", "-q"], {
			signal,
			env: { APT_CONFIG: path.join(root, "apt.conf") },
			timeoutMs: UPDATE_TIMEOUT_MS,
			failure: "fetch-failed",
		});
		await writeAtomically(done, new Date().toISOString());
		return undefined;
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof LabError)) throw error;
		if (!hasLists) {
			// A misspelt suite must not stay in the cache for good.
			await rm(root, { recursive: true, force: true });
			throw noLists(suite, error);
		}
		const why = `The package lists of ${suite} could not be renewed: ${error.evidence.at(-1) ?? error.message}`;
		await writeAtomically(failed, `${why}\n`);
		onStage(`${why}; going on with the old ones`);
		return why;
	}
};

/**
 * The private apt of one suite: made when it is new, its lists renewed when they are older than six hours.
 * Lists that cannot be renewed are used as they are, and `stale` says why.
 */
export const openAptRoot = async (mirror: string, suite: string, options: AptOptions): Promise<PrivateApt> => {
	const root = path.join(folders.cache(), "apt", suite);
	const env = { APT_CONFIG: path.join(root, "apt.conf") };
	const isCurrent = async (): Promise<boolean> =>
		(await readIfThere(path.join(root, "etc/sources.list"))) === sourcesText(mirror, suite) &&
		(await readIfThere(path.join(root, "apt.conf"))) === aptConfigText(root);
	if ((await isCurrent()) && (await ageMs(path.join(root, "updated"))) < FRESH_MS)
		return { suite, mirror, env, stale: undefined };
	await requireKeyring();
	return await withLock(
		path.join(folders.cache(), "apt", `.${suite}.lock`),
		options.signal,
		() => options.onStage(`waiting for another fuselab that renews the package lists of ${suite}`),
		async () => {
			if (!(await isCurrent())) {
				// Lists of another mirror say nothing about this one.
				await rm(path.join(root, "updated"), { force: true });
				await prepareRoot(root, mirror, suite);
			}
			return { suite, mirror, env, stale: await freshen(root, suite, options) };
		},
		UPDATE_TIMEOUT_MS,
	);
};
