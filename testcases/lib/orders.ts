/** Orders to our own server (guest/server/fault.h) that a case relies on. */
import { setTimeout } from "node:timers/promises";
import type { FaultOrder, ServerStats } from "../../orchestrator/domain/server-message.ts";
import type { Lab } from "../case.ts";

/** FUSE operation numbers (include/uapi/linux/fuse.h:fuse_opcode). */
export const OPCODE = { read: 15, write: 16, statfs: 17, fsync: 20, readdirplus: 44 } as const;

/** Every READ from a place 4096 bytes further on: what a case that compares contents must notice. */
export const LYING_READS = { type: "fault", fault: "lie", opcode: OPCODE.read, count: 1000 } as const;
/** Every READ fails with EIO: what a case must notice that waits for another error. */
export const FAILING_READS = { type: "fault", fault: "error", opcode: OPCODE.read, value: -5, count: 1000 } as const;
/** The same for WRITEs and STATFS. */
export const FAILING_WRITES = { ...FAILING_READS, opcode: OPCODE.write } as const;
export const FAILING_STATFS = { ...FAILING_READS, opcode: OPCODE.statfs } as const;

/** Orders faults; throws when the server does not take one. */
export const orderFault = async (lab: Lab, ...faults: readonly Omit<FaultOrder, "type">[]): Promise<void> => {
	for (const fault of faults) {
		const answer = await lab.askServer({ type: "fault", ...fault });
		if (answer?.type !== "done") throw new Error(`the server did not take ${fault.fault}: ${JSON.stringify(answer)}`);
	}
};

export const statsOf = async (lab: Lab): Promise<ServerStats> => {
	const answer = await lab.askServer({ type: "stats" });
	if (answer?.type !== "stats") throw new Error(`no counts came from the server: ${JSON.stringify(answer)}`);
	return answer;
};

/** Waits until the server has spoilt `count` replies since its start; the case's own time is the bound. */
export const faultsTaken = async (lab: Lab, count: number): Promise<void> => {
	while ((await statsOf(lab)).faultsTaken < count) await setTimeout(20);
};

/**
 * Waits for what the kernel answers to commands that faults added. The thread of their queue sees it when it comes to run,
 * and a later request may have gone by another queue. The case's own time is the bound.
 */
export const answersToFaults = async (lab: Lab): Promise<readonly number[]> => {
	for (;;) {
		const { faultAnswers } = await statsOf(lab);
		if (faultAnswers.length > 0) return faultAnswers.map(({ res }) => res);
		await setTimeout(20);
	}
};
