import t from "tap";
import { bisect, type Judgement, nextRung } from "./bisect.ts";

const judgeOf =
	(culprit: number, broken: readonly number[], asked: number[] = []) =>
	async (prefix: number): Promise<Judgement> => {
		asked.push(prefix);
		if (broken.includes(prefix)) return "skip";
		return prefix >= culprit ? "bad" : "good";
	};

t.test("finds any culprit in a logarithm of steps", async (t) => {
	for (const total of [1, 2, 3, 14, 100])
		for (let culprit = 1; culprit <= total; culprit += 1) {
			const asked: number[] = [];
			const end = await bisect({ good: 0, bad: total }, judgeOf(culprit, [], asked));
			t.strictSame(end, { good: culprit - 1, bad: culprit });
			t.ok(asked.length <= Math.ceil(Math.log2(total)) + 1, `${total}: ${asked}`);
		}
});

t.test("goes around rungs that cannot be judged, and names a range where they hide the culprit", async (t) => {
	t.strictSame(await bisect({ good: 0, bad: 14 }, judgeOf(9, [6, 7])), { good: 8, bad: 9 });
	t.strictSame(await bisect({ good: 0, bad: 14 }, judgeOf(7, [6, 7])), { good: 5, bad: 8 });
	t.strictSame(await bisect({ good: 0, bad: 3 }, judgeOf(2, [1, 2])), { good: 0, bad: 3 });
	t.equal(nextRung({ good: 3, bad: 4 }, new Set()), undefined);
});
