/** Every case; listed by hand so that one bundle holds them all. */
import type { Case } from "./case.ts";
import { testCase as faultsCutDirectoryRecord } from "./faults/cut-directory-record.ts";
import { testCase as faultsDelayedReply } from "./faults/delayed-reply.ts";
import { testCase as faultsDoubleCommit } from "./faults/double-commit.ts";
import { testCase as faultsEmptyReadDirect } from "./faults/empty-read-direct.ts";
import { testCase as faultsErrorLastInRange } from "./faults/error-last-in-range.ts";
import { testCase as faultsErrorOutOfRange } from "./faults/error-out-of-range.ts";
import { testCase as faultsFsyncError } from "./faults/fsync-error.ts";
import { testCase as faultsLongRead } from "./faults/long-read.ts";
import { testCase as faultsReadErrorDirectAndBuffered } from "./faults/read-error-direct-and-buffered.ts";
import { testCase as faultsShortReadDirect } from "./faults/short-read-direct.ts";
import { testCase as faultsUniqueOther } from "./faults/unique-other.ts";
import { testCase as faultsUniqueZero } from "./faults/unique-zero.ts";
import { testCase as faultsUnsetSizeRead } from "./faults/unset-size-read.ts";
import { testCase as faultsUnsetSizeWrite } from "./faults/unset-size-write.ts";
import { testCase as faultsWriteError } from "./faults/write-error.ts";
import { testCase as faultsWrongCommitId } from "./faults/wrong-commit-id.ts";
import { testCase as faultsWrongQueue } from "./faults/wrong-queue.ts";
import { testCase as faultsWrongSizeStatfs } from "./faults/wrong-size-statfs.ts";
import { testCase as ioAppendTwoHandles } from "./io/append-two-handles.ts";
import { testCase as ioChecksumFromStore } from "./io/checksum-from-store.ts";
import { testCase as ioChecksumToStore } from "./io/checksum-to-store.ts";
import { testCase as ioDirectSeesBuffered } from "./io/direct-sees-buffered.ts";
import { testCase as ioEndOfFile } from "./io/end-of-file.ts";
import { testCase as ioFsync } from "./io/fsync.ts";
import { testCase as ioMaxWriteBordersBuffered } from "./io/max-write-borders-buffered.ts";
import { testCase as ioMaxWriteBordersDirect } from "./io/max-write-borders-direct.ts";
import { testCase as ioMmapRead } from "./io/mmap-read.ts";
import { testCase as ioMmapWrite } from "./io/mmap-write.ts";
import { testCase as ioPageBordersBuffered } from "./io/page-borders-buffered.ts";
import { testCase as ioPageBordersDirect } from "./io/page-borders-direct.ts";
import { testCase as ioParallelFiles } from "./io/parallel-files.ts";
import { testCase as ioPartialPageOverwrite } from "./io/partial-page-overwrite.ts";
import { testCase as ioRandomOrderChunks } from "./io/random-order-chunks.ts";
import { testCase as ioSparseHoles } from "./io/sparse-holes.ts";
import { testCase as ioTruncateGrow } from "./io/truncate-grow.ts";
import { testCase as ioTruncateOnOpen } from "./io/truncate-on-open.ts";
import { testCase as ioTruncateShrink } from "./io/truncate-shrink.ts";
import { testCase as metaHardLink } from "./meta/hard-link.ts";
import { testCase as metaMagicName } from "./meta/magic-name.ts";
import { testCase as metaMode } from "./meta/mode.ts";
import { testCase as metaReaddir5000Names } from "./meta/readdir-5000-names.ts";
import { testCase as metaRenameAcrossFolders } from "./meta/rename-across-folders.ts";
import { testCase as metaRenameOver } from "./meta/rename-over.ts";
import { testCase as metaSymbolicLink } from "./meta/symbolic-link.ts";
import { testCase as metaUnlinkWhileOpen } from "./meta/unlink-while-open.ts";
import { testCase as teardownAbortHeldRead } from "./teardown/abort-held-read.ts";
import { testCase as teardownAbortIdle } from "./teardown/abort-idle.ts";
import { testCase as teardownCrashedDirectRead } from "./teardown/crashed-direct-read.ts";
import { testCase as teardownExitedDirectRead } from "./teardown/exited-direct-read.ts";
import { testCase as teardownKilledBufferedRead } from "./teardown/killed-buffered-read.ts";
import { testCase as teardownKilledDirectRead } from "./teardown/killed-direct-read.ts";
import { testCase as teardownLazyUnmountHeldRead } from "./teardown/lazy-unmount-held-read.ts";
import { testCase as teardownServerStops } from "./teardown/server-stops.ts";
import { testCase as teardownUnmountIdle } from "./teardown/unmount-idle.ts";
import { testCase as transportClientCpuChoosesQueue } from "./transport/client-cpu-chooses-queue.ts";
import { testCase as transportClientMovesCpu } from "./transport/client-moves-cpu.ts";
import { testCase as transportKilledClient } from "./transport/killed-client.ts";
import { testCase as transportMoreReadersThanEntries } from "./transport/more-readers-than-entries.ts";
import { testCase as transportRegisterAfterReady } from "./transport/register-after-ready.ts";
import { testCase as transportStoppedQueue } from "./transport/stopped-queue.ts";
import { testCase as transportZeroCopySlotsEmptyWhenIdle } from "./transport/zero-copy-slots-empty-when-idle.ts";

export const CASES: readonly Case[] = [
	faultsCutDirectoryRecord,
	faultsDelayedReply,
	faultsDoubleCommit,
	faultsEmptyReadDirect,
	faultsErrorLastInRange,
	faultsErrorOutOfRange,
	faultsFsyncError,
	faultsLongRead,
	faultsReadErrorDirectAndBuffered,
	faultsShortReadDirect,
	faultsUniqueOther,
	faultsUniqueZero,
	faultsUnsetSizeRead,
	faultsUnsetSizeWrite,
	faultsWriteError,
	faultsWrongCommitId,
	faultsWrongQueue,
	faultsWrongSizeStatfs,
	ioAppendTwoHandles,
	ioChecksumFromStore,
	ioChecksumToStore,
	ioDirectSeesBuffered,
	ioEndOfFile,
	ioFsync,
	ioMaxWriteBordersBuffered,
	ioMaxWriteBordersDirect,
	ioMmapRead,
	ioMmapWrite,
	ioPageBordersBuffered,
	ioPageBordersDirect,
	ioParallelFiles,
	ioPartialPageOverwrite,
	ioRandomOrderChunks,
	ioSparseHoles,
	ioTruncateGrow,
	ioTruncateOnOpen,
	ioTruncateShrink,
	metaHardLink,
	metaMagicName,
	metaMode,
	metaReaddir5000Names,
	metaRenameAcrossFolders,
	metaRenameOver,
	metaSymbolicLink,
	metaUnlinkWhileOpen,
	teardownAbortHeldRead,
	teardownAbortIdle,
	teardownCrashedDirectRead,
	teardownExitedDirectRead,
	teardownKilledBufferedRead,
	teardownKilledDirectRead,
	teardownLazyUnmountHeldRead,
	teardownServerStops,
	teardownUnmountIdle,
	transportClientCpuChoosesQueue,
	transportClientMovesCpu,
	transportKilledClient,
	transportMoreReadersThanEntries,
	transportRegisterAfterReady,
	transportStoppedQueue,
	transportZeroCopySlotsEmptyWhenIdle,
];
