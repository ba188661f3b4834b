/** Every case of this group; listed by hand so that one bundle holds them all. */
import type { Case } from "../case.ts";
import { testCase as cutDirectoryRecord } from "./cut-directory-record.ts";
import { testCase as delayedReply } from "./delayed-reply.ts";
import { testCase as doubleCommit } from "./double-commit.ts";
import { testCase as emptyReadDirect } from "./empty-read-direct.ts";
import { testCase as errorLastInRange } from "./error-last-in-range.ts";
import { testCase as errorOutOfRange } from "./error-out-of-range.ts";
import { testCase as fsyncError } from "./fsync-error.ts";
import { testCase as longRead } from "./long-read.ts";
import { testCase as readErrorDirectAndBuffered } from "./read-error-direct-and-buffered.ts";
import { testCase as shortReadDirect } from "./short-read-direct.ts";
import { testCase as truncateDuringRead } from "./truncate-during-read.ts";
import { testCase as uniqueOther } from "./unique-other.ts";
import { testCase as uniqueZero } from "./unique-zero.ts";
import { testCase as unsetSizeRead } from "./unset-size-read.ts";
import { testCase as unsetSizeWrite } from "./unset-size-write.ts";
import { testCase as writeError } from "./write-error.ts";
import { testCase as wrongCommitId } from "./wrong-commit-id.ts";
import { testCase as wrongQueue } from "./wrong-queue.ts";
import { testCase as wrongSizeStatfs } from "./wrong-size-statfs.ts";

export const FAULTS: readonly Case[] = [
	cutDirectoryRecord,
	delayedReply,
	doubleCommit,
	emptyReadDirect,
	errorLastInRange,
	errorOutOfRange,
	fsyncError,
	longRead,
	readErrorDirectAndBuffered,
	shortReadDirect,
	truncateDuringRead,
	uniqueOther,
	uniqueZero,
	unsetSizeRead,
	unsetSizeWrite,
	writeError,
	wrongCommitId,
	wrongQueue,
	wrongSizeStatfs,
];
