/** Rows of the memlock laboratory: what is asked, and what was predicted and found. */
import {
	chargePerQueue,
	type MemlockAct,
	type MemlockOutcome,
	type MemlockServer,
	type MemlockTrial,
	type MemlockUser,
	PAGE_BYTES,
	pinsPool,
	poolPages,
	predict,
} from "./memlock.ts";

/** A question: the smallest limit that works (`search`), or what one limit gives. */
export interface MemlockQuestion {
	readonly name: string;
	readonly server: MemlockServer;
	readonly user: MemlockUser;
	readonly act: MemlockAct;
	readonly limit: MemlockTrial["limit"] | "search";
}

/** One start with one limit, for the plot. */
export interface MemlockPoint {
	readonly limit: MemlockTrial["limit"];
	readonly outcome: "works" | "in part" | "falls back" | "ends";
}

export interface MemlockRow {
	readonly question: MemlockQuestion;
	/** Pages: of the limit that is searched for, or of the charge that one limit gives. */
	readonly predicted: number;
	/** Null where the lab could not tell. */
	readonly found: number | null;
	/** What was seen with the limit found, or with the one asked for. */
	readonly outcome: string;
	/** The refused call of the start that was refused: a page below the limit found, or at the one asked for. */
	readonly refused: string;
	/** Everything that was not as predicted; empty when the row holds. */
	readonly faults: readonly string[];
	readonly points: readonly MemlockPoint[];
}

/** All rows of one guest. */
export interface MemlockRecord {
	readonly kernel: string;
	/** Version of the source that the kernel was built of. */
	readonly source: string;
	readonly machine: string;
	readonly queues: number;
	readonly rows: readonly MemlockRow[];
}

const DEFAULT_BYTES = 8 << 20;

/** Three buffers of three pages: neither a power of two nor as many as entries. */
const oddPool = (server: MemlockServer): MemlockServer => ({
	...server,
	options: { ...server.options, "max-write": "12288", "pool-buffers": "3" },
});

const withOption = (server: MemlockServer, name: string, value: string): MemlockServer => ({
	...server,
	options: { ...server.options, [name]: value },
});

/** Questions about a mode that pins; `queues` of the guest's ring. */
const edgesOfPinned = (server: MemlockServer, queues: number, rounds: number): readonly MemlockQuestion[] => {
	// Only the first namespace's CAP_SYS_ADMIN makes a zero-copy queue.
	const user = (server.mode === "zerocopy" ? "root-without-ipc-lock" : "unprivileged") as MemlockUser;
	const each = poolPages(server);
	const exact = queues * each * PAGE_BYTES;
	const serve: MemlockAct = { kind: "serve" };
	const row = (
		name: string,
		limit: MemlockQuestion["limit"],
		act: MemlockAct = serve,
		its = server,
		who = user,
	): MemlockQuestion => ({ name, server: its, user: who, act, limit });
	const searched = server.mode === "zerocopy" ? [] : (["unprivileged", "user-namespace"] as const);
	return [
		...["root" as const, "root-without-ipc-lock" as const, ...searched].map((who) =>
			row(`limit, ${who}`, "search", serve, server, who),
		),
		row("limit 0", 0),
		row("one page", PAGE_BYTES),
		row("default 8 MiB", DEFAULT_BYTES),
		row("unlimited", "unlimited"),
		row("a byte short of a page", exact - 1),
		row("3 buffers of 12 KiB", "search", serve, oddPool(server)),
		row("a page short, fallback pool", exact - PAGE_BYTES, serve, withOption(server, "fallback", "pool")),
		row("a page short, fallback end", exact - PAGE_BYTES, serve, withOption(server, "fallback", "end")),
		row("two servers of one user", "search", { kind: "two-servers" }),
		row("limit lowered to 0 while it serves", exact, { kind: "lower-limit", bytes: 0 }),
		...Array.from({ length: queues }, (_, queue) =>
			row(`killed after ${queue} of ${queues} queues`, exact, { kind: "kill-at", queue }),
		),
		row("killed, its forked child lives", exact, { kind: "fork" }),
		row("memory.max twice the pools", exact, { kind: "memory-cgroup", bytes: 2 * exact + (64 << 20) }),
		row("memory.max half the pools", exact, { kind: "memory-cgroup", bytes: exact / 2 }),
		row("huge pages", "search", serve, withOption(server, "huge-pages", "yes")),
		row(`${rounds} rounds`, exact, { kind: "rounds", count: rounds }),
	];
};

/** Every question about one server. */
export const questionsAbout = (
	server: MemlockServer,
	users: readonly MemlockUser[],
	queues: number,
	rounds: number,
): readonly MemlockQuestion[] => {
	if (pinsPool(server)) return edgesOfPinned(server, queues, rounds).filter(({ user }) => users.includes(user));
	return users
		.filter((user) => server.mode !== "zerocopy" || user.startsWith("root"))
		.filter((user) => server.mode !== "uring-libfuse" || user.startsWith("root"))
		.map((user) => ({
			name: `limit, ${user}`,
			server,
			user,
			act: { kind: "serve" } as const,
			limit: "search" as const,
		}));
};

/** How many servers share the budget while the last one starts. */
const sharers = ({ kind }: MemlockAct): number => (kind === "two-servers" ? 2 : 1);

/** Pages of the limit from which on everything works. */
export const predictedLimit = ({ server, user, act }: MemlockQuestion, queues: number): number =>
	sharers(act) * queues * chargePerQueue(server, user);

/** The pool does not fit into the cgroup: no limit of locked memory helps. */
const starves = ({ server, act }: MemlockTrial, queues: number): boolean =>
	act.kind === "memory-cgroup" && act.bytes < queues * poolPages(server) * PAGE_BYTES;

/** Pages that are charged in the moment that the question is about. */
export const predictedCharge = (trial: MemlockTrial, queues: number): number => {
	const { server, user, act } = trial;
	if (starves(trial, queues)) return 0;
	if (act.kind === "kill-at") return act.queue * chargePerQueue(server, user);
	return predict(trial, queues).charged;
};

export const works = ({ server }: MemlockTrial, outcome: MemlockOutcome): boolean =>
	outcome.usable && outcome.got === server.mode && (!pinsPool(server) || outcome.pinnedQueues === outcome.queues);

export const outcomeWord = (trial: MemlockTrial, outcome: MemlockOutcome): MemlockPoint["outcome"] => {
	if (works(trial, outcome)) return "works";
	if (!outcome.usable) return "ends";
	return outcome.got === trial.server.mode ? "in part" : "falls back";
};

const expect = (what: string, found: number, wanted: number): readonly string[] =>
	found === wanted ? [] : [`${what}: ${found} pages, not ${wanted}`];

/** Of a huge page that lies whole in a buffer one reference is kept (io_uring/rsrc.c:io_coalesce_buffer); not every guest has any. */
const pagesOfAPin = ({ options }: MemlockServer): number => (options["huge-pages"] === "yes" ? 512 : 1);

/** What was charged and pinned while it served. */
const readingFaults = (trial: MemlockTrial, { readings, pinnedQueues }: MemlockOutcome, queues: number) =>
	readings.flatMap(({ at, user, vmPin, vmLck, registered, pinned }) => {
		const mine = predictedCharge(trial, queues);
		const pool = pinsPool(trial.server) ? poolPages(trial.server) : 0;
		const kept = trial.act.kind === "kill-at" ? trial.act.queue : pinnedQueues;
		const second = at === "serving" && trial.act.kind === "two-servers";
		const first = at === "first-serving";
		const [others, othersPool] = second ? [queues * chargePerQueue(trial.server, trial.user), queues * pool] : [0, 0];
		const own = first ? queues * chargePerQueue(trial.server, trial.user) : mine;
		const held = first ? queues * pool : kept * pool;
		return [
			...expect(`${at}, user`, user, own + others),
			...(at === "child-alive" ? [] : expect(`${at}, VmPin`, vmPin, own)),
			...(at === "child-alive" ? [] : expect(`${at}, fdinfo`, registered, held)),
			...expect(`${at}, VmLck`, vmLck, 0),
			...(pinned === (held + othersPool) / pagesOfAPin(trial.server)
				? []
				: expect(`${at}, pinned`, pinned, held + othersPool)),
		];
	});

/** Everything about an outcome that the accounting rules do not say. */
export const outcomeFaults = (trial: MemlockTrial, outcome: MemlockOutcome, queues: number): readonly string[] => {
	const { left } = outcome;
	const killed = trial.act.kind === "kill-at" || trial.act.kind === "fork";
	const already = trial.act.kind === "two-servers" ? queues * chargePerQueue(trial.server, trial.user) : 0;
	const predicted = predict(trial, queues, already);
	const ends = trial.act.kind === "kill-at" || starves(trial, queues);
	const wanted = ends ? "ends" : predicted.works ? "works" : fallback(trial);
	const word = outcomeWord(trial, outcome);
	return [
		...(word === wanted ? [] : [`it ${word}, not ${wanted}: ${outcome.unusableWhy ?? outcome.why}`]),
		...(already > 0 && !predicted.works ? [] : readingFaults(trial, outcome, queues)),
		...expect("charged after the end", left.user, 0),
		...expect("pinned after the end", left.pinned, 0),
		...(left.crashed === null || starves(trial, queues) ? [] : [`the server crashed: ${left.crashed}`]),
		...(left.mounted && !killed ? ["the mount is still there after the end"] : []),
	];
};

const fallback = ({ server }: MemlockTrial): MemlockPoint["outcome"] =>
	server.options.fallback === "pool" ? "in part" : server.options.fallback === "end" ? "ends" : "falls back";
