import t from "tap";
import { lowestRate, repeatsToCatch, samplesToTell } from "./repeats.ts";

t.test("takes a rate for no higher than the failures show", async (t) => {
	// 5 of 5: p^5 = 0.1. 1 of 10: 1 - (1-p)^10 = 0.1.
	t.ok(Math.abs(lowestRate(5, 5) - 0.1 ** 0.2) < 1e-6);
	t.ok(Math.abs(lowestRate(1, 10) - (1 - 0.9 ** 0.1)) < 1e-6);
	t.equal(lowestRate(0, 10), 0);
	t.ok(lowestRate(3, 5) < 3 / 5);
	t.ok(lowestRate(300, 500) > lowestRate(3, 5), "more runs, less doubt");
});

t.test("counts the passes that a flaky failure would hide behind with a probability below the miss", async (t) => {
	for (const [rate, miss] of [
		[0.5, 0.01],
		[0.63, 0.0033],
		[0.05, 0.01],
	] as const) {
		const n = repeatsToCatch(rate, miss);
		t.ok((1 - rate) ** n < miss && (1 - rate) ** (n - 1) >= miss, `${rate}: ${n}`);
	}
	t.equal(repeatsToCatch(1, 0.01), 1);
});

t.test("needs more samples the nearer and the noisier the ends are", async (t) => {
	const around = (middle: number, spread: number): number[] =>
		[-1, -0.5, 0, 0.5, 1].map((step) => middle * (1 + step * spread));
	const near = samplesToTell(around(100, 0.02), around(95, 0.02));
	const far = samplesToTell(around(100, 0.02), around(50, 0.02));
	const noisy = samplesToTell(around(100, 0.1), around(95, 0.1));
	t.ok(far <= near && near < noisy, `${far} ${near} ${noisy}`);
	t.equal(samplesToTell([1, 2, 3], [1, 2, 3]), Number.POSITIVE_INFINITY);
});
