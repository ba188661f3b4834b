import t from "tap";
import type { MemlockRecord, MemlockRow } from "../domain/memlock-row.ts";
import { renderMemlock } from "./memlock.ts";
import { memlockPage } from "./memlock-page.ts";
import { memlockPlot } from "./memlock-plot.ts";

const server = { mode: "pinned", depth: 2, options: {}, build: "plain", libfuse: "" } as const;
const row: MemlockRow = {
	question: { name: "limit, <b>", server, user: "unprivileged", act: { kind: "serve" }, limit: "search" },
	predicted: 64,
	found: 65,
	outcome: "a page less falls back",
	refused: "queue 1: io_uring_register_buffers: ENOMEM",
	faults: ["the limit is 65 pages, not 64"],
	points: [
		{ limit: 64 * 4096, outcome: "falls back" },
		{ limit: 65 * 4096, outcome: "works" },
		{ limit: "unlimited", outcome: "works" },
	],
};
const record: MemlockRecord = { kernel: "7.3.4", source: "7.3.4", machine: "uml", queues: 2, rows: [row] };

t.test("the table names prediction, finding, difference and the refused call", async (t) => {
	const text = renderMemlock(record, { colour: false });
	t.match(text, /64 +65 +\+1 +a page less falls back +queue 1: io_uring_register_buffers: ENOMEM/);
	t.match(text, /1 row: 0 as predicted, 1 not/);
	t.match(renderMemlock({ ...record, rows: [{ ...row, found: null, faults: [] }] }, { colour: false }), /64 +\? +\?/);
});

t.test("the page has a line for each row and for each fault", async (t) => {
	const page = memlockPage(record, "memlock.svg");
	t.match(page, "| pinned | limit, <b> | unprivileged | 64 | 65 | +1 |");
	t.match(page, "- pinned, limit, <b>: the limit is 65 pages, not 64");
	t.match(page, "0 of 1 rows are as predicted.");
});

t.test("the picture has a dot for each limit, and a stroke where the limit was predicted", async (t) => {
	const svg = memlockPlot(record);
	t.equal(svg.match(/<circle [^>]*r="3"/g)?.length, 3);
	t.equal(svg.match(/stroke="#000"/g)?.length, 1);
	t.notMatch(svg, "<b>", "names are escaped");
	t.notMatch(svg, /NaN|Infinity/);
});
