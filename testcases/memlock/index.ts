/** Every case of this group; listed by hand so that one bundle holds them all. */
import type { Case } from "../case.ts";
import { testCase as byteShort } from "./byte-short.ts";
import { testCase as capability } from "./capability.ts";
import { testCase as exactLimit } from "./exact-limit.ts";
import { testCase as forkedChild } from "./forked-child.ts";
import { testCase as hugePages } from "./huge-pages.ts";
import { testCase as killedInSetUp } from "./killed-in-set-up.ts";
import { testCase as loweredLimit } from "./lowered-limit.ts";
import { testCase as memoryCgroup } from "./memory-cgroup.ts";
import { testCase as pageShort } from "./page-short.ts";
import { testCase as startStopRounds } from "./start-stop-rounds.ts";
import { testCase as twoServers } from "./two-servers.ts";
import { testCase as updateHalfDone } from "./update-half-done.ts";
import { testCase as userNamespace } from "./user-namespace.ts";

export const MEMLOCK: readonly Case[] = [
	byteShort,
	capability,
	exactLimit,
	forkedChild,
	hugePages,
	killedInSetUp,
	loweredLimit,
	memoryCgroup,
	pageShort,
	startStopRounds,
	twoServers,
	updateHalfDone,
	userNamespace,
];
