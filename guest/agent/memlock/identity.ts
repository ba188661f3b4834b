/** Who a server of the memlock laboratory runs as, and how somebody else stands beside it. */
import type { MemlockUser } from "../../../orchestrator/domain/memlock.ts";
import { UNPRIVILEGED } from "../server-command.ts";

const WITHOUT_IPC_LOCK = ["setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock", "--"];
const AS_DAEMON = [
	...["setpriv", `--reuid=${UNPRIVILEGED}`, `--regid=${UNPRIVILEGED}`],
	...["--clear-groups", "--inh-caps=-all", "--"],
];

/** Words before a command that make it that user's; each program becomes the next, so the pid stays. */
export const becoming = (user: MemlockUser): readonly string[] => {
	switch (user) {
		case "root":
			return [];
		case "root-without-ipc-lock":
			return WITHOUT_IPC_LOCK;
		case "unprivileged":
			return AS_DAEMON;
		case "user-namespace":
			return [...AS_DAEMON, "unshare", "--user", "--map-root-user", "--mount", "--"];
	}
};

export const uidOf = (user: MemlockUser): number =>
	user === "root" || user === "root-without-ipc-lock" ? 0 : UNPRIVILEGED;

/** The same kernel user, charged as the server is, in the first namespace. */
export const chargedLike = (user: MemlockUser): readonly string[] => (uidOf(user) === 0 ? WITHOUT_IPC_LOCK : AS_DAEMON);

/** Words before a command that make it see the server's mounts, and be allowed to use them. */
export const beside = (user: MemlockUser, pid: number): readonly string[] =>
	user === "user-namespace" ? ["nsenter", `--target=${pid}`, "--user", "--mount"] : [];
