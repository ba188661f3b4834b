/** The command line of user-mode Linux: the kernel is the program, its parameters are the arguments. Pure. */

export interface UmlPlan {
	/** The kernel built with ARCH=um. */
	readonly image: string;
	/** Folder on the host that is the guest's root. */
	readonly root: string;
	/** Folder of the agent in the guest. */
	readonly lab: string;
	readonly cpus: number;
	readonly memoryMiB: number;
	/** More kernel parameters. */
	readonly parameters: readonly string[];
	/** The guest powers itself off after this. */
	readonly lifetimeSeconds: number;
	/** The console takes input from the terminal, and a shell runs on it. */
	readonly interactive: boolean;
}

/** The descriptors on which the agent's serial line ends; standard output is the console. */
export const UML_CHANNEL_IN = 3;
export const UML_CHANNEL_OUT = 4;

/**
 * Bytes of the longest line towards the guest. The other way 16 MiB pass whole (in 0.7 s), but a tty keeps 4 KiB of what
 * nobody has read yet, and the driver, once it has been told to wait, never reads again (line_throttle, 7.3.4).
 */
export const UML_LONGEST_ORDER = 3500;

/** Gives the argument vector of one boot. */
export const umlCommand = (plan: UmlPlan): readonly string[] => [
	plan.image,
	`mem=${plan.memoryMiB}M`,
	`ncpus=${plan.cpus}`,
	// Processes of the guest trap into the kernel by SIGSYS instead of being traced: several times faster.
	"seccomp=on",
	// A reboot, and so a panic, ends the process.
	"noreboot",
	"panic=-1",
	// UML wants a folder for its pid file and its control socket. Nobody needs either, and here it cannot make one.
	"uml_dir=/proc/self/",
	"root=/dev/root",
	"rootfstype=hostfs",
	// Mounts of hostfs begin here, whatever they name.
	`hostfs=${plan.root}`,
	"ro",
	// Standard error until the console is there. (`earlyprintk` goes by stdio, and a crash loses its buffer.)
	"stderr=1",
	"console=stderr",
	"console=tty0",
	`con0=${plan.interactive ? "fd:0" : "null"},fd:1`,
	`ssl0=fd:${UML_CHANNEL_IN},fd:${UML_CHANNEL_OUT}`,
	"loglevel=5",
	"fuse.enable_uring=1",
	...plan.parameters,
	...(plan.interactive ? ["fuselab_shell=1"] : []),
	"fuselab_channel=/dev/ttyS0",
	`fuselab_lab=${plan.lab}`,
	`fuselab_seconds=${plan.lifetimeSeconds}`,
	`init=${plan.lab}/init`,
];
