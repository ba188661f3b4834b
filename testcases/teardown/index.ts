/** Every case of this group; listed by hand so that one bundle holds them all. */
import type { Case } from "../case.ts";
import { testCase as abortBackgroundHeld } from "./abort-background-held.ts";
import { testCase as abortHeldRead } from "./abort-held-read.ts";
import { testCase as abortIdle } from "./abort-idle.ts";
import { testCase as abortWhileStopped } from "./abort-while-stopped.ts";
import { testCase as abortWriteBackHeld } from "./abort-write-back-held.ts";
import { testCase as crashedDirectRead } from "./crashed-direct-read.ts";
import { testCase as exitedDirectRead } from "./exited-direct-read.ts";
import { testCase as forcedUnmountHeld } from "./forced-unmount-held.ts";
import { testCase as killedBufferedRead } from "./killed-buffered-read.ts";
import { testCase as killedDirectRead } from "./killed-direct-read.ts";
import { testCase as killedUnderWriters } from "./killed-under-writers.ts";
import { testCase as killedWhileStopped } from "./killed-while-stopped.ts";
import { testCase as lazyUnmountHeldRead } from "./lazy-unmount-held-read.ts";
import { testCase as payloadPagesComeBack } from "./payload-pages-come-back.ts";
import { testCase as poolPagesUnpinned } from "./pool-pages-unpinned.ts";
import { testCase as queueTablesComeBack } from "./queue-tables-come-back.ts";
import { testCase as serverStops } from "./server-stops.ts";
import { testCase as terminatedIdle } from "./terminated-idle.ts";
import { testCase as unloadModule } from "./unload-module.ts";
import { testCase as unmountIdle } from "./unmount-idle.ts";

export const TEARDOWN: readonly Case[] = [
	abortBackgroundHeld,
	abortHeldRead,
	abortIdle,
	abortWhileStopped,
	abortWriteBackHeld,
	crashedDirectRead,
	exitedDirectRead,
	forcedUnmountHeld,
	killedBufferedRead,
	killedDirectRead,
	killedUnderWriters,
	killedWhileStopped,
	lazyUnmountHeldRead,
	payloadPagesComeBack,
	poolPagesUnpinned,
	queueTablesComeBack,
	serverStops,
	terminatedIdle,
	unloadModule,
	unmountIdle,
];
