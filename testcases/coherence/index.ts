/** Every case of this group; listed by hand so that one bundle holds them all. */
import type { Case } from "../case.ts";
import { testCase as directReadBeforeWriteBack } from "./direct-read-before-write-back.ts";
import { testCase as flock } from "./flock.ts";
import { testCase as flockWaits } from "./flock-waits.ts";
import { testCase as locksEndWithHolder } from "./locks-end-with-holder.ts";
import { testCase as mappingAndCalls } from "./mapping-and-calls.ts";
import { testCase as mappingAndDirect } from "./mapping-and-direct.ts";
import { testCase as ofdLocks } from "./ofd-locks.ts";
import { testCase as posixLocks } from "./posix-locks.ts";
import { testCase as randomOperations } from "./random-operations.ts";
import { testCase as sixteenAppenders } from "./sixteen-appenders.ts";
import { testCase as sixteenWritersBuffered } from "./sixteen-writers-buffered.ts";
import { testCase as sixteenWritersDirect } from "./sixteen-writers-direct.ts";
import { testCase as twoMappings } from "./two-mappings.ts";
import { testCase as writeBackMtime } from "./write-back-mtime.ts";

export const COHERENCE: readonly Case[] = [
	directReadBeforeWriteBack,
	flockWaits,
	flock,
	locksEndWithHolder,
	mappingAndCalls,
	mappingAndDirect,
	ofdLocks,
	posixLocks,
	randomOperations,
	sixteenAppenders,
	sixteenWritersBuffered,
	sixteenWritersDirect,
	twoMappings,
	writeBackMtime,
];
