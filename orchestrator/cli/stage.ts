/** Lines about what is going on, on stderr; a live last line where that is a terminal. */
import type { RunEvent } from "../domain/run.ts";

export interface View {
	/** A lasting line. */
	line(text: string): void;
	/** What is being done now, with the time it takes; lasting only where there is no terminal. */
	stage(text: string, log?: string): void;
	/** What is being done now, on a terminal only. */
	doing(text: string): void;
	onEvent(event: RunEvent): void;
	close(): void;
}

const isLive = (): boolean =>
	process.stderr.isTTY === true && process.env.TERM !== "dumb" && process.env.CI === undefined;

const clock = (ms: number): string => {
	const seconds = Math.floor(ms / 1000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

const colour =
	process.env.NO_COLOR === undefined && (process.env.FORCE_COLOR !== undefined || process.stderr.isTTY === true);
const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

const OUTCOMES = {
	pass: paint(32, "pass  "),
	fail: paint(31, "FAIL  "),
	skip: paint(33, "skip  "),
	broken: paint(35, "BROKEN"),
} as const;

/** Makes the view of one command. */
export const openView = (): View => {
	const started = performance.now();
	let current = "";
	let since = started;
	let total = 0;
	const live = isLive();
	const clear = (): void => {
		if (live) process.stderr.write("\r\u001b[K");
	};
	const draw = (): void => {
		if (!live || current === "") return;
		const text = `${clock(performance.now() - started)}  ${current} … ${clock(performance.now() - since)}`;
		process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
	};
	const timer = live ? setInterval(draw, 500) : undefined;
	const line = (text: string): void => {
		clear();
		process.stderr.write(`${text}\n`);
		draw();
	};
	const now = (text: string): void => {
		current = text;
		since = performance.now();
		draw();
	};
	const stage = (text: string, log?: string): void => {
		if (!live) line(`${clock(performance.now() - started)}  ${text}${log === undefined ? "" : ` (log: ${log})`}`);
		now(text);
	};
	const onEvent = (event: RunEvent): void => {
		switch (event.kind) {
			case "run-start":
				total = event.cells;
				line(`run ${event.id}: ${event.cells} cells, records in ${event.folder}`);
				break;
			case "stage":
				stage(event.text, event.log);
				break;
			case "build-start":
				now(`kernel ${event.kernel}`);
				break;
			case "build-end":
				line(
					`kernel ${event.kernel}: ${event.fromCache ? "from the cache" : `built in ${event.seconds.toFixed(0)} s`}`,
				);
				break;
			case "build-failed":
				line(`kernel ${event.kernel}: ${event.detail}`);
				break;
			case "boot-start":
				now(`booting ${event.kernel} (${event.machine})`);
				break;
			case "boot-end":
				line(`booted ${event.kernelRelease} in ${event.seconds.toFixed(1)} s`);
				break;
			case "cell-start":
				now(`${event.number}${total === 0 ? "" : `/${total}`} ${event.cell.id}`);
				break;
			case "cell-end": {
				const { record } = event;
				const detail = record.verdict.outcome === "pass" ? "" : `  ${record.verdict.detail}`;
				line(
					`${String(event.number).padStart(String(total).length)}${total === 0 ? "" : `/${total}`} ${OUTCOMES[record.verdict.outcome]} ${record.cell.id} ${record.seconds.toFixed(1)} s${detail}`,
				);
				current = "";
				break;
			}
			case "run-end":
				break;
		}
	};
	return {
		line,
		stage,
		doing: now,
		onEvent,
		close: () => {
			clearInterval(timer);
			current = "";
			clear();
		},
	};
};
