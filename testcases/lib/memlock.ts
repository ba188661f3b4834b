/** Starts of servers within a limit of locked memory, small enough to be quick; asked for and judged as by `fuselab memlock`. */
import {
	chargePerQueue,
	type MemlockAct,
	type MemlockServer,
	type MemlockUser,
	PAGE_BYTES,
} from "../../orchestrator/domain/memlock.ts";
import { outcomeFaults } from "../../orchestrator/domain/memlock-row.ts";
import type { Lab } from "../case.ts";

/** Two buffers of 64 KiB: 32 pages a queue. */
const SMALL: MemlockServer = {
	mode: "pinned",
	depth: 2,
	options: { "max-write": "65536" },
	build: "plain",
	libfuse: "",
};

export interface Trial {
	/** Bytes beside those that all queues need once. */
	readonly more?: number;
	readonly limit?: number | "unlimited";
	readonly user?: MemlockUser;
	readonly act?: MemlockAct;
	readonly options?: MemlockServer["options"];
}

/** The queues of the cell's own ring, which another server's has too. */
export const queuesOf = (lab: Lab): number => {
	if (lab.server === null) throw new Error("only fuselab's own server says how many queues it has");
	return lab.server.queues;
};

const withOptions = (options: MemlockServer["options"]): MemlockServer => ({
	...SMALL,
	options: { ...SMALL.options, ...options },
});

/** Bytes that the pools of one such server lock. */
export const neededBytes = (lab: Lab, options: MemlockServer["options"] = {}): number =>
	queuesOf(lab) * chargePerQueue(withOptions(options), "root-without-ipc-lock") * PAGE_BYTES;

/** Tries it as root without CAP_IPC_LOCK, with exactly what is needed, unless told; gives all that is not as predicted. */
export const tryPinned = async (lab: Lab, { more = 0, limit, user, act, options = {} }: Trial) => {
	const trial = {
		server: withOptions(options),
		user: user ?? "root-without-ipc-lock",
		act: act ?? { kind: "serve" },
		limit: limit ?? neededBytes(lab, options) + more,
	} as const;
	const outcome = await lab.tryMemlock(trial);
	return { outcome, faults: outcomeFaults(trial, outcome, queuesOf(lab)) };
};
