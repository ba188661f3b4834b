/**
 * A program whose processes and mounts end with namespaces of their own, however it ends itself, and with the case: what is
 * left over of it would be found by the next cell.
 */
const CONTAINED = [
	...["setpriv", "--pdeathsig", "KILL", "--"],
	...["unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child", "--"],
] as const;

/** An argument vector around another one, for `lab.run`. */
export const contained = (program: string, ...args: readonly string[]): [string, readonly string[]] => {
	const [first, ...others] = CONTAINED;
	return [first, [...others, program, ...args]];
};
