/** What the cases made one source file of the kernel do. */
export interface FileCoverage {
	/** Path in the kernel's tree. */
	readonly file: string;
	readonly lines: number;
	readonly linesRun: number;
	readonly branches: number;
	readonly branchesTaken: number;
	/** Lines that never ran, in order, with the function that each is in. */
	readonly idle: readonly { readonly line: number; readonly function: string }[];
}
