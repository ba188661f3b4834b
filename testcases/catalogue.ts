/** Every case, group by group. */
import type { Case } from "./case.ts";
import { COHERENCE } from "./coherence/index.ts";
import { FAULTS } from "./faults/index.ts";
import { IO } from "./io/index.ts";
import { LIMITS } from "./limits/index.ts";
import { MEMLOCK } from "./memlock/index.ts";
import { META } from "./meta/index.ts";
import { TEARDOWN } from "./teardown/index.ts";
import { THIRD_PARTY } from "./third-party/index.ts";
import { TRANSPORT } from "./transport/index.ts";

export const CASES: readonly Case[] = [
	...COHERENCE,
	...FAULTS,
	...IO,
	...LIMITS,
	...MEMLOCK,
	...META,
	...TEARDOWN,
	...THIRD_PARTY,
	...TRANSPORT,
];
