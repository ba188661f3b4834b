import t from "tap";
import { addUp, type GcovReport } from "./gcov.ts";

const line = (line_number: number, function_name: string, count: number, ...branches: readonly number[]) => ({
	line_number,
	function_name,
	count,
	branches: branches.map((count) => ({ count })),
});
const report = (...lines: ReturnType<typeof line>[]): GcovReport => ({
	files: [{ file: "fs/fuse/dev_uring.c", lines }],
});

t.test("adds up boots: a line has run when one guest ran it, a branch when one guest took it", async (t) => {
	const first = report(line(10, "f", 3, 3, 0), line(11, "f", 0), line(20, "g", 0, 0, 0));
	const second = report(line(10, "f", 1, 0, 1), line(11, "f", 2), line(20, "g", 0, 0, 0));
	t.same(addUp([first, second]), [
		{
			file: "fs/fuse/dev_uring.c",
			...{ lines: 3, linesRun: 2, branches: 4, branchesTaken: 2 },
			idle: [{ line: 20, function: "g" }],
		},
	]);
});

t.test(
	"a line that was put into two functions ran when one ran it; headers from elsewhere are not fs/fuse",
	async (t) => {
		const twice = report(line(5, "f.part.0", 0), line(5, "g", 1));
		const elsewhere: GcovReport = { files: [{ file: "include/linux/list.h", lines: [line(1, "h", 0)] }] };
		t.match(addUp([twice, elsewhere]), [{ lines: 1, linesRun: 1, idle: [] }]);
		t.match(addUp([report(line(5, "f.constprop.0", 0))]), [{ idle: [{ function: "f" }] }]);
	},
);
