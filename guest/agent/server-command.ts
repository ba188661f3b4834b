/** How a server is started: ours by a `start` order on its control socket, a foreign one by its command line. */
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { isServersOwn } from "../../orchestrator/domain/cell.ts";
import type { ServerOrder } from "../../orchestrator/domain/channel.ts";
import type { ServerRequest } from "../../orchestrator/domain/server-message.ts";
import { runBounded } from "./spawn.ts";

export const MOUNT = "/run/fuselab/mnt";
const SERVER_FOLDER = "/run/fuselab/server";
export const CONTROL = `${SERVER_FOLDER}/control`;

/** Debian's `daemon`: a user with a name, which fusermount3 wants, who owns nothing but its mount point and what it serves. */
export const UNPRIVILEGED = 1;

export const isOurs = (order: ServerOrder): boolean => order.command === null && order.mode !== "uring-libfuse";

/** prlimit(1) sets the limit and becomes the server, so the pid stays ours. */
const limitArguments = ({ memlockBytes }: ServerOrder): readonly string[] =>
	memlockBytes === null ? [] : ["prlimit", `--memlock=${memlockBytes}:${memlockBytes}`];

/** setpriv(1) leaves no capability behind. */
const userArguments = ({ user }: ServerOrder): readonly string[] =>
	user === "root"
		? []
		: ["setpriv", `--reuid=${UNPRIVILEGED}`, `--regid=${UNPRIVILEGED}`, "--clear-groups", "--inh-caps=-all", "--"];

/** env(1) comes last before the server, as the shim takes itself out of the environment of what it is loaded into. */
const lieArguments = ({ lies }: ServerOrder): readonly string[] =>
	lies.length === 0 ? [] : ["env", `LD_PRELOAD=${process.env.FUSELAB_LAB}/lie.so`, `FUSELAB_LIE=${lies.join(",")}`];

const serverArguments = (order: ServerOrder, source: string): readonly string[] => {
	if (order.command !== null)
		return order.command.map((word) => word.replaceAll("{source}", source).replaceAll("{mount}", MOUNT));
	if (isOurs(order)) return [`${process.env.FUSELAB_LAB}/fuselab-server-${order.build}`, `--control=${CONTROL}`];
	const ring = ["-o", "io_uring", "-o", `io_uring_q_depth=${order.queueDepth}`];
	return ["passthrough_hp", source, MOUNT, "--nopassthrough", "--foreground", ...ring];
};

/** The argument vector of the server's process. */
export const commandOf = (order: ServerOrder, source: string): readonly string[] => [
	...limitArguments(order),
	...userArguments(order),
	...lieArguments(order),
	...serverArguments(order, source),
];

/** What our server is to do, once its socket is there. */
export const startOrderOf = (order: ServerOrder, source: string): ServerRequest => ({
	type: "start",
	mode: order.mode,
	store: isServersOwn(order.store) ? order.store : "passthrough",
	depth: order.queueDepth,
	source,
	mount: MOUNT,
	"allow-other": true,
	...order.options,
});

/** fusermount3 wants the user's leave to let others in; the root file system is read-only, so its file is covered. */
export const allowOthers = async (): Promise<void> => {
	const conf = "/run/fuselab/fuse.conf";
	if (existsSync(conf)) return;
	writeFileSync(conf, "user_allow_other\n");
	await runBounded("mount", ["--bind", conf, "/etc/fuse.conf"], 10_000);
	chmodSync("/dev/fuse", 0o666);
};

/** Makes the folders that the server wants to find, owned by the user that it runs as. */
export const prepareFolders = async (order: ServerOrder, source: string): Promise<void> => {
	rmSync(SERVER_FOLDER, { recursive: true, force: true });
	for (const folder of [MOUNT, SERVER_FOLDER]) mkdirSync(folder, { recursive: true });
	const owner = order.user === "root" ? 0 : UNPRIVILEGED;
	for (const folder of [MOUNT, SERVER_FOLDER, source]) chownSync(folder, owner, owner);
	if (order.user !== "root") await allowOthers();
};
