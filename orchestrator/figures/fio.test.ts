import t from "tap";
import type { FigureJob } from "../domain/cell.ts";
import { readFio } from "./fio.ts";

const job: FigureJob = {
	name: "quick/read-direct",
	rw: "read",
	direct: true,
	measure: "rate",
	warmups: 0,
	args: ["--ioengine=sync", "--bs=1M"],
	samples: 1,
	timeoutMs: 1000,
};
const ramped: FigureJob = { ...job, args: [...job.args, "--ramp_time=30"] };

const nothing = { io_bytes: 0, bw_bytes: 0, runtime: 0, lat_ns: { N: 0 } };
const seen = { io_bytes: 33_554_432, bw_bytes: 132_120_576, runtime: 254, total_ios: 32, lat_ns: { N: 32 } };

/** The parts that fio 3.33 prints and we read, among some that we do not. */
const report = (read: object, write: object = nothing, error = 0): string =>
	JSON.stringify(
		{ "fio version": "fio-3.33", timestamp: 1, jobs: [{ jobname: "x", groupid: 0, error, read, write, trim: {} }] },
		null,
		2,
	);

t.test("reads the bandwidth of the job's own direction", async (t) => {
	t.match(readFio(report(seen), job), {
		kind: "figure",
		figure: { name: "quick/read-direct", unit: "MiB/s", samples: [126] },
	});
	t.match(readFio(report(nothing, seen), { ...job, rw: "randwrite" }), { kind: "figure", figure: { samples: [126] } });
	t.match(readFio(report(seen), { ...job, rw: "write" }), { kind: "none", reason: "fio reports no write I/O" });
});

t.test("reads the mean time of a request where that is asked for", async (t) => {
	const timed = { ...seen, lat_ns: { N: 32, mean: 250_000.5 } };
	t.match(readFio(report(timed), { ...job, measure: "request-time" }), {
		kind: "figure",
		figure: { unit: "ns/request", better: "lower", samples: [250_000.5] },
	});
	t.match(readFio(report(seen), { ...job, measure: "request-time" }), {
		kind: "none",
		reason: "fio reports no request's time",
	});
});

t.test("overlooks what fio prints before its report", async (t) => {
	const text = `note: both iodepth >= 1 and synchronous I/O engine are selected\n{not json\n${report(seen)}\n`;
	t.match(readFio(text, job), { kind: "figure" });
});

t.test("adds up jobs that ran side by side without group_reporting", async (t) => {
	const text = JSON.stringify({ jobs: [0, 1].map(() => ({ error: 0, read: seen, write: nothing })) });
	t.match(readFio(`warning\n${text}`, job), { figure: { samples: [252] } });
});

t.test("says that there was no I/O instead of making up a number", async (t) => {
	t.match(readFio(report(nothing), ramped), {
		kind: "none",
		reason: "fio reports no read I/O; the job may have ended inside its ramp of 30 s",
	});
});

t.test("notes a job that ended inside its ramp", async (t) => {
	const reading = readFio(report({ ...seen, lat_ns: { N: 0 } }), ramped);
	t.match(reading, { kind: "figure", figure: { note: /inside fio's ramp of 30 s/ } });
	t.match(readFio(report(seen), ramped), { kind: "figure", figure: { note: undefined } });
});

t.test("refuses what is not fio's report", async (t) => {
	for (const [text, reason] of [
		["", /printed nothing/],
		["fio: pid=1, err=5", /not JSON/],
		[report(seen).slice(0, 120), /not JSON/],
		[JSON.stringify({ jobs: [] }), /not as expected: jobs/],
		[JSON.stringify({ jobs: [{ error: 0, read: { bw_bytes: "fast" }, write: nothing }] }), /not as expected/],
		[report({ ...seen, bw_bytes: -1 }), /not as expected/],
		[report(seen, nothing, 5), /error 5/],
		["{".repeat(5 * 1024 * 1024), /longer than 4 MiB/],
	] as const)
		t.match(readFio(text, job), { kind: "none", reason }, text.slice(0, 40));
});
