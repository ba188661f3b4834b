import { defineCase, type Lab } from "../case.ts";
import { BareProcess } from "../lib/bare-process.ts";
import { SQE128 } from "../lib/bare-wire.ts";
import { filledSlots } from "../lib/buffer-table.ts";

const PAGE = 4096;
const SLOTS = 4;
/** Nobody else's: a ring that has ended gives back what its user was charged for only a little later. */
const FIRST_USER = 70_000;

/** Puts three buffers of a page into a ring's table by one call, as a user with a limit of so many pages. */
const putThree = async (lab: Lab, pages: number) => {
	const user = FIRST_USER + pages;
	const { bare } = await BareProcess.start(["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--"]);
	await using server = bare;
	await lab.run("prlimit", [`--pid=${server.pid}`, `--memlock=${pages * PAGE}`]);
	const ring = await server.must("ring", [SLOTS, SQE128]);
	await server.must("slots", [ring, SLOTS]);
	const { result } = await server.order("slot", [ring, 0, 0, PAGE, 3]);
	return { result, filled: (await filledSlots(server.pid)).length };
};

export const testCase = defineCase({
	name: "memlock/update-half-done",
	proves: "BUFFERS_UPDATE of three buffers of which the limit has room for two says 2, and has put two.",
	decidedIn: "io_uring/rsrc.c:__io_sqe_buffers_update (Linux 7.3)",
	negativeControl: { own: "With room for all it says 3, and with room for none it fails." },
	needs: ["pinned-pool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		t.same(await putThree(lab, 3), { result: 3, filled: 3 }, "room for all");
		t.same(await putThree(lab, 2), { result: 2, filled: 2 }, "room for two");
		t.same(await putThree(lab, 0), { result: -12, filled: 0 }, "room for none: ENOMEM");
	},
});
