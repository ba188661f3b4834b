/** Asks the questions of the memlock laboratory, one trial after the other in one guest. */
import { type MemlockOutcome, type MemlockTrial, PAGE_BYTES } from "../domain/memlock.ts";
import {
	type MemlockPoint,
	type MemlockQuestion,
	type MemlockRow,
	outcomeFaults,
	outcomeWord,
	predictedCharge,
	predictedLimit,
	works,
} from "../domain/memlock-row.ts";
import { findThreshold } from "../domain/memlock-search.ts";

/** Has a guest try it; throws a sentence where the guest cannot. */
export type Attempt = (trial: MemlockTrial) => Promise<MemlockOutcome>;

/** Pages of the largest limit that a search asks for: 16 GiB. */
const MOST = 1 << 22;

const refusedAt = ({ refusal, why }: MemlockOutcome): string =>
	refusal === null ? why : `queue ${refusal.queue}: ${refusal.call}: ${refusal.errno}`;

const trialOf = ({ server, user, act }: MemlockQuestion, limit: MemlockTrial["limit"]): MemlockTrial => ({
	server,
	user,
	act,
	limit,
});

/** The limit to the page, and both of its sides. */
const search = async (question: MemlockQuestion, queues: number, attempt: Attempt): Promise<MemlockRow> => {
	const predicted = predictedLimit(question, queues);
	const seen = new Map<number, MemlockOutcome>();
	const { pages } = await findThreshold(predicted, MOST, async (limit) => {
		const trial = trialOf(question, limit * PAGE_BYTES);
		const outcome = await attempt(trial);
		seen.set(limit, outcome);
		return works(trial, outcome);
	});
	// A page above the limit as well, so that all three rungs are in the table and in the plot.
	if (pages !== null) seen.set(pages + 1, await attempt(trialOf(question, (pages + 1) * PAGE_BYTES)));
	const at = pages === null ? undefined : seen.get(pages);
	const below = pages === null ? undefined : seen.get(pages - 1);
	const points = [...seen].map(([limit, outcome]): MemlockPoint => {
		const trial = trialOf(question, limit * PAGE_BYTES);
		return { limit: limit * PAGE_BYTES, outcome: outcomeWord(trial, outcome) };
	});
	const faults = [...seen].flatMap(([limit, outcome]) =>
		outcomeFaults(trialOf(question, limit * PAGE_BYTES), outcome, queues).map((fault) => `${limit} pages: ${fault}`),
	);
	return {
		question,
		predicted,
		found: pages,
		outcome: at === undefined ? "never works" : below === undefined ? "works with any" : afterwards(question, below),
		refused: below === undefined ? "" : refusedAt(below),
		faults: [...(pages === predicted ? [] : [`the limit is ${pages} pages, not ${predicted}`]), ...faults],
		points: points.toSorted((a, b) => Number(a.limit) - Number(b.limit)),
	};
};

const afterwards = (question: MemlockQuestion, below: MemlockOutcome): string =>
	`a page less ${outcomeWord(trialOf(question, 0), below)}`;

/** What one limit gives. */
const ask = async (trial: MemlockTrial, question: MemlockQuestion, queues: number, attempt: Attempt) => {
	const outcome = await attempt(trial);
	const predicted = predictedCharge(trial, queues);
	const moment = outcome.readings.at(-1);
	const word = outcomeWord(trial, outcome);
	const retried = outcome.left.retried;
	return {
		question,
		predicted,
		found: moment?.user ?? outcome.left.user,
		outcome: `${word}${trial.act.kind === "rounds" ? `, ${retried} first tries refused` : ""}`,
		refused: word === "works" ? "" : refusedAt(outcome),
		faults: outcomeFaults(trial, outcome, queues),
		points: [{ limit: trial.limit, outcome: word }],
	};
};

/** Answers one question; a guest that cannot try it gives a row with nothing found. */
export const answer = async (question: MemlockQuestion, queues: number, attempt: Attempt): Promise<MemlockRow> => {
	if (question.limit === "search") return await search(question, queues, attempt);
	return await ask(trialOf(question, question.limit), question, queues, attempt);
};
