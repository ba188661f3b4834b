/** Every case; listed by hand so that one bundle holds them all. */
import type { Case } from "./case.ts";
import { testCase as coherenceDirectReadBeforeWriteBack } from "./coherence/direct-read-before-write-back.ts";
import { testCase as coherenceFlock } from "./coherence/flock.ts";
import { testCase as coherenceFlockWaits } from "./coherence/flock-waits.ts";
import { testCase as coherenceLocksEndWithHolder } from "./coherence/locks-end-with-holder.ts";
import { testCase as coherenceMappingAndCalls } from "./coherence/mapping-and-calls.ts";
import { testCase as coherenceMappingAndDirect } from "./coherence/mapping-and-direct.ts";
import { testCase as coherenceOfdLocks } from "./coherence/ofd-locks.ts";
import { testCase as coherencePosixLocks } from "./coherence/posix-locks.ts";
import { testCase as coherenceRandomOperations } from "./coherence/random-operations.ts";
import { testCase as coherenceSixteenAppenders } from "./coherence/sixteen-appenders.ts";
import { testCase as coherenceSixteenWritersBuffered } from "./coherence/sixteen-writers-buffered.ts";
import { testCase as coherenceSixteenWritersDirect } from "./coherence/sixteen-writers-direct.ts";
import { testCase as coherenceTwoMappings } from "./coherence/two-mappings.ts";
import { testCase as coherenceWriteBackMtime } from "./coherence/write-back-mtime.ts";
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
import { testCase as faultsTruncateDuringRead } from "./faults/truncate-during-read.ts";
import { testCase as faultsUniqueOther } from "./faults/unique-other.ts";
import { testCase as faultsUniqueZero } from "./faults/unique-zero.ts";
import { testCase as faultsUnsetSizeRead } from "./faults/unset-size-read.ts";
import { testCase as faultsUnsetSizeWrite } from "./faults/unset-size-write.ts";
import { testCase as faultsWriteError } from "./faults/write-error.ts";
import { testCase as faultsWrongCommitId } from "./faults/wrong-commit-id.ts";
import { testCase as faultsWrongQueue } from "./faults/wrong-queue.ts";
import { testCase as faultsWrongSizeStatfs } from "./faults/wrong-size-statfs.ts";
import { testCase as ioAioClientDirect } from "./io/aio-client-direct.ts";
import { testCase as ioAllocateGrows } from "./io/allocate-grows.ts";
import { testCase as ioAllocateKeepsSize } from "./io/allocate-keeps-size.ts";
import { testCase as ioAppendFlag } from "./io/append-flag.ts";
import { testCase as ioAppendTwoHandles } from "./io/append-two-handles.ts";
import { testCase as ioChecksumFromStore } from "./io/checksum-from-store.ts";
import { testCase as ioChecksumToStore } from "./io/checksum-to-store.ts";
import { testCase as ioCollapseRefused } from "./io/collapse-refused.ts";
import { testCase as ioCopyRange } from "./io/copy-range.ts";
import { testCase as ioCopyRangeInOneFile } from "./io/copy-range-in-one-file.ts";
import { testCase as ioDirectEndOfFile } from "./io/direct-end-of-file.ts";
import { testCase as ioDirectIoMapping } from "./io/direct-io-mapping.ts";
import { testCase as ioDirectManyRequests } from "./io/direct-many-requests.ts";
import { testCase as ioDirectSeesBuffered } from "./io/direct-sees-buffered.ts";
import { testCase as ioDirectUnalignedMemory } from "./io/direct-unaligned-memory.ts";
import { testCase as ioDsyncFlag } from "./io/dsync-flag.ts";
import { testCase as ioEndOfFile } from "./io/end-of-file.ts";
import { testCase as ioFsync } from "./io/fsync.ts";
import { testCase as ioIoUringClientBuffered } from "./io/io-uring-client-buffered.ts";
import { testCase as ioIoUringClientDirect } from "./io/io-uring-client-direct.ts";
import { testCase as ioIoUringClientFixedBuffers } from "./io/io-uring-client-fixed-buffers.ts";
import { testCase as ioMaxWriteBordersBuffered } from "./io/max-write-borders-buffered.ts";
import { testCase as ioMaxWriteBordersDirect } from "./io/max-write-borders-direct.ts";
import { testCase as ioMmapBeyondEnd } from "./io/mmap-beyond-end.ts";
import { testCase as ioMmapClient } from "./io/mmap-client.ts";
import { testCase as ioMmapPrivate } from "./io/mmap-private.ts";
import { testCase as ioMmapRead } from "./io/mmap-read.ts";
import { testCase as ioMmapTail } from "./io/mmap-tail.ts";
import { testCase as ioMmapWrite } from "./io/mmap-write.ts";
import { testCase as ioNoAppendFlag } from "./io/no-append-flag.ts";
import { testCase as ioNowaitFlag } from "./io/nowait-flag.ts";
import { testCase as ioOAppend } from "./io/o-append.ts";
import { testCase as ioOSync } from "./io/o-sync.ts";
import { testCase as ioOneByteWrites } from "./io/one-byte-writes.ts";
import { testCase as ioPageBordersBuffered } from "./io/page-borders-buffered.ts";
import { testCase as ioPageBordersDirect } from "./io/page-borders-direct.ts";
import { testCase as ioParallelFiles } from "./io/parallel-files.ts";
import { testCase as ioPartialPageOverwrite } from "./io/partial-page-overwrite.ts";
import { testCase as ioPayloadBorders } from "./io/payload-borders.ts";
import { testCase as ioPunchHole } from "./io/punch-hole.ts";
import { testCase as ioPunchHoleUnderMapping } from "./io/punch-hole-under-mapping.ts";
import { testCase as ioRandomOrderChunks } from "./io/random-order-chunks.ts";
import { testCase as ioReadAhead } from "./io/read-ahead.ts";
import { testCase as ioReadAheadAdvice } from "./io/read-ahead-advice.ts";
import { testCase as ioSeekDataHole } from "./io/seek-data-hole.ts";
import { testCase as ioSendfile } from "./io/sendfile.ts";
import { testCase as ioSparseHoles } from "./io/sparse-holes.ts";
import { testCase as ioSpliceRead } from "./io/splice-read.ts";
import { testCase as ioSpliceWrite } from "./io/splice-write.ts";
import { testCase as ioTruncateGrow } from "./io/truncate-grow.ts";
import { testCase as ioTruncateOnOpen } from "./io/truncate-on-open.ts";
import { testCase as ioTruncateShrink } from "./io/truncate-shrink.ts";
import { testCase as ioTruncateUnderMapping } from "./io/truncate-under-mapping.ts";
import { testCase as ioVectoredWrite } from "./io/vectored-write.ts";
import { testCase as ioVmspliceWrite } from "./io/vmsplice-write.ts";
import { testCase as ioWriteBackCache } from "./io/write-back-cache.ts";
import { testCase as ioZeroRange } from "./io/zero-range.ts";
import { testCase as limitsDeepFolders } from "./limits/deep-folders.ts";
import { testCase as limitsLargestOffset } from "./limits/largest-offset.ts";
import { testCase as limitsName255 } from "./limits/name-255.ts";
import { testCase as limitsPath4095 } from "./limits/path-4095.ts";
import { testCase as limitsReaddir50000 } from "./limits/readdir-50000.ts";
import { testCase as limitsSparseTerabyte } from "./limits/sparse-terabyte.ts";
import { testCase as limitsSymlink4095 } from "./limits/symlink-4095.ts";
import { testCase as limitsThousandFiles } from "./limits/thousand-files.ts";
import { testCase as limitsXattr64Kib } from "./limits/xattr-64-kib.ts";
import { testCase as limitsXattrBeyondPayload } from "./limits/xattr-beyond-payload.ts";
import { testCase as limitsXattrNames } from "./limits/xattr-names.ts";
import { testCase as memlockByteShort } from "./memlock/byte-short.ts";
import { testCase as memlockCapability } from "./memlock/capability.ts";
import { testCase as memlockExactLimit } from "./memlock/exact-limit.ts";
import { testCase as memlockForkedChild } from "./memlock/forked-child.ts";
import { testCase as memlockHugePages } from "./memlock/huge-pages.ts";
import { testCase as memlockKilledInSetUp } from "./memlock/killed-in-set-up.ts";
import { testCase as memlockLoweredLimit } from "./memlock/lowered-limit.ts";
import { testCase as memlockMemoryCgroup } from "./memlock/memory-cgroup.ts";
import { testCase as memlockPageShort } from "./memlock/page-short.ts";
import { testCase as memlockStartStopRounds } from "./memlock/start-stop-rounds.ts";
import { testCase as memlockTwoServers } from "./memlock/two-servers.ts";
import { testCase as memlockUpdateHalfDone } from "./memlock/update-half-done.ts";
import { testCase as memlockUserNamespace } from "./memlock/user-namespace.ts";
import { testCase as metaErrors } from "./meta/errors.ts";
import { testCase as metaHardLink } from "./meta/hard-link.ts";
import { testCase as metaLinksCount } from "./meta/links-count.ts";
import { testCase as metaMagicName } from "./meta/magic-name.ts";
import { testCase as metaMode } from "./meta/mode.ts";
import { testCase as metaNamesOfAnyBytes } from "./meta/names-of-any-bytes.ts";
import { testCase as metaReaddir5000Names } from "./meta/readdir-5000-names.ts";
import { testCase as metaRemoveWhileListing } from "./meta/remove-while-listing.ts";
import { testCase as metaRenameAcrossFolders } from "./meta/rename-across-folders.ts";
import { testCase as metaRenameNoReplace } from "./meta/rename-no-replace.ts";
import { testCase as metaRenameOver } from "./meta/rename-over.ts";
import { testCase as metaSpecialFiles } from "./meta/special-files.ts";
import { testCase as metaStatfs } from "./meta/statfs.ts";
import { testCase as metaSymbolicLink } from "./meta/symbolic-link.ts";
import { testCase as metaTimes } from "./meta/times.ts";
import { testCase as metaUnlinkWhileOpen } from "./meta/unlink-while-open.ts";
import { testCase as metaXattrCreateReplace } from "./meta/xattr-create-replace.ts";
import { testCase as metaXattrList } from "./meta/xattr-list.ts";
import { testCase as metaXattrRoom } from "./meta/xattr-room.ts";
import { testCase as metaXattrValue } from "./meta/xattr-value.ts";
import { testCase as teardownAbortBackgroundHeld } from "./teardown/abort-background-held.ts";
import { testCase as teardownAbortHeldRead } from "./teardown/abort-held-read.ts";
import { testCase as teardownAbortIdle } from "./teardown/abort-idle.ts";
import { testCase as teardownAbortWhileStopped } from "./teardown/abort-while-stopped.ts";
import { testCase as teardownAbortWriteBackHeld } from "./teardown/abort-write-back-held.ts";
import { testCase as teardownCrashedDirectRead } from "./teardown/crashed-direct-read.ts";
import { testCase as teardownExitedDirectRead } from "./teardown/exited-direct-read.ts";
import { testCase as teardownForcedUnmountHeld } from "./teardown/forced-unmount-held.ts";
import { testCase as teardownKilledBufferedRead } from "./teardown/killed-buffered-read.ts";
import { testCase as teardownKilledDirectRead } from "./teardown/killed-direct-read.ts";
import { testCase as teardownKilledUnderWriters } from "./teardown/killed-under-writers.ts";
import { testCase as teardownKilledWhileStopped } from "./teardown/killed-while-stopped.ts";
import { testCase as teardownLazyUnmountHeldRead } from "./teardown/lazy-unmount-held-read.ts";
import { testCase as teardownPayloadPagesComeBack } from "./teardown/payload-pages-come-back.ts";
import { testCase as teardownPoolPagesUnpinned } from "./teardown/pool-pages-unpinned.ts";
import { testCase as teardownQueueTablesComeBack } from "./teardown/queue-tables-come-back.ts";
import { testCase as teardownServerStops } from "./teardown/server-stops.ts";
import { testCase as teardownTerminatedIdle } from "./teardown/terminated-idle.ts";
import { testCase as teardownUnloadModule } from "./teardown/unload-module.ts";
import { testCase as teardownUnmountIdle } from "./teardown/unmount-idle.ts";
import { testCase as thirdPartyLibfuseHello } from "./third-party/libfuse-hello.ts";
import { testCase as thirdPartyLibfuseHelloLl } from "./third-party/libfuse-hello-ll.ts";
import { testCase as thirdPartyLibfuseMount } from "./third-party/libfuse-mount.ts";
import { testCase as thirdPartyLibfuseMountLl } from "./third-party/libfuse-mount-ll.ts";
import { testCase as thirdPartyLibfuseNotify } from "./third-party/libfuse-notify.ts";
import { testCase as thirdPartyLibfuseOthers } from "./third-party/libfuse-others.ts";
import { testCase as thirdPartyLibfusePassthroughBase } from "./third-party/libfuse-passthrough-base.ts";
import { testCase as thirdPartyLibfusePassthroughFh } from "./third-party/libfuse-passthrough-fh.ts";
import { testCase as thirdPartyLibfusePassthroughHp } from "./third-party/libfuse-passthrough-hp.ts";
import { testCase as thirdPartyLibfusePassthroughLl } from "./third-party/libfuse-passthrough-ll.ts";
import { testCase as thirdPartyLibfusePassthroughLlWriteback } from "./third-party/libfuse-passthrough-ll-writeback.ts";
import { testCase as thirdPartyLibfusePassthroughPlus } from "./third-party/libfuse-passthrough-plus.ts";
import { testCase as thirdPartyLibfusePassthroughZeroIno } from "./third-party/libfuse-passthrough-zero-ino.ts";
import { testCase as thirdPartyStressNgAttributes } from "./third-party/stress-ng-attributes.ts";
import { testCase as thirdPartyStressNgData } from "./third-party/stress-ng-data.ts";
import { testCase as thirdPartyStressNgNames } from "./third-party/stress-ng-names.ts";
import { testCase as thirdPartyTestSyscalls } from "./third-party/test-syscalls.ts";
import { testCase as thirdPartyXfstests } from "./third-party/xfstests.ts";
import { testCase as transportAbortError } from "./transport/abort-error.ts";
import { testCase as transportAddQueueBeyondLast } from "./transport/add-queue-beyond-last.ts";
import { testCase as transportAddQueueTwice } from "./transport/add-queue-twice.ts";
import { testCase as transportAddQueueUnknownFlag } from "./transport/add-queue-unknown-flag.ts";
import { testCase as transportBackgroundLimit } from "./transport/background-limit.ts";
import { testCase as transportBufferFreedInRead } from "./transport/buffer-freed-in-read.ts";
import { testCase as transportBufferFreedInWrite } from "./transport/buffer-freed-in-write.ts";
import { testCase as transportBufferUnmappedInRead } from "./transport/buffer-unmapped-in-read.ts";
import { testCase as transportBufpoolAfterOwnPayload } from "./transport/bufpool-after-own-payload.ts";
import { testCase as transportBufpoolBeforeQueue } from "./transport/bufpool-before-queue.ts";
import { testCase as transportBufpoolTooShort } from "./transport/bufpool-too-short.ts";
import { testCase as transportBufpoolTwice } from "./transport/bufpool-twice.ts";
import { testCase as transportBufpoolWithFlags } from "./transport/bufpool-with-flags.ts";
import { testCase as transportBufpoolWithReserved } from "./transport/bufpool-with-reserved.ts";
import { testCase as transportClientCpuChoosesQueue } from "./transport/client-cpu-chooses-queue.ts";
import { testCase as transportClientMovesCpu } from "./transport/client-moves-cpu.ts";
import { testCase as transportCloneAnswersOwn } from "./transport/clone-answers-own.ts";
import { testCase as transportCloneRegisters } from "./transport/clone-registers.ts";
import { testCase as transportCommandBeforeInit } from "./transport/command-before-init.ts";
import { testCase as transportCommandNotFixed } from "./transport/command-not-fixed.ts";
import { testCase as transportCommandUnmounted } from "./transport/command-unmounted.ts";
import { testCase as transportCommitBeyondLast } from "./transport/commit-beyond-last.ts";
import { testCase as transportCommitOtherIndex } from "./transport/commit-other-index.ts";
import { testCase as transportCommitUnknownId } from "./transport/commit-unknown-id.ts";
import { testCase as transportCpuLeavesAndReturns } from "./transport/cpu-leaves-and-returns.ts";
import { testCase as transportDepthOne } from "./transport/depth-one.ts";
import { testCase as transportErrorWithoutId } from "./transport/error-without-id.ts";
import { testCase as transportExecDirectIo } from "./transport/exec-direct-io.ts";
import { testCase as transportForkHoldsConnection } from "./transport/fork-holds-connection.ts";
import { testCase as transportHeaderWithoutMemory } from "./transport/header-without-memory.ts";
import { testCase as transportInterruptSent } from "./transport/interrupt-sent.ts";
import { testCase as transportInterruptWithdrawn } from "./transport/interrupt-withdrawn.ts";
import { testCase as transportKilledClient } from "./transport/killed-client.ts";
import { testCase as transportKilledQueuedClient } from "./transport/killed-queued-client.ts";
import { testCase as transportMaxBackgroundCapped } from "./transport/max-background-capped.ts";
import { testCase as transportMaxBackgroundOne } from "./transport/max-background-one.ts";
import { testCase as transportMaxPagesCapped } from "./transport/max-pages-capped.ts";
import { testCase as transportMemoryCgroupLoad } from "./transport/memory-cgroup-load.ts";
import { testCase as transportMixedLoad } from "./transport/mixed-load.ts";
import { testCase as transportMoreReadersThanEntries } from "./transport/more-readers-than-entries.ts";
import { testCase as transportOnePoolBuffer } from "./transport/one-pool-buffer.ts";
import { testCase as transportPayloadWithoutMemory } from "./transport/payload-without-memory.ts";
import { testCase as transportPoolBeyondSlot } from "./transport/pool-beyond-slot.ts";
import { testCase as transportPoolBufferPassedOver } from "./transport/pool-buffer-passed-over.ts";
import { testCase as transportPoolRequestWithoutPayload } from "./transport/pool-request-without-payload.ts";
import { testCase as transportPoolZeroCopiedRead } from "./transport/pool-zero-copied-read.ts";
import { testCase as transportQueueLeftOut } from "./transport/queue-left-out.ts";
import { testCase as transportReadyWakes } from "./transport/ready-wakes.ts";
import { testCase as transportRefusedRegister } from "./transport/refused-register.ts";
import { testCase as transportRefusedRegisterWakes } from "./transport/refused-register-wakes.ts";
import { testCase as transportRegisterAfterReady } from "./transport/register-after-ready.ts";
import { testCase as transportRegisterBeyondLast } from "./transport/register-beyond-last.ts";
import { testCase as transportRegisterIovecCount } from "./transport/register-iovec-count.ts";
import { testCase as transportRegisterOtherIndex } from "./transport/register-other-index.ts";
import { testCase as transportRegisterPayloadOnPoolQueue } from "./transport/register-payload-on-pool-queue.ts";
import { testCase as transportRegisterShortHeader } from "./transport/register-short-header.ts";
import { testCase as transportRegisterShortPayload } from "./transport/register-short-payload.ts";
import { testCase as transportRegisterSlotOnPlainQueue } from "./transport/register-slot-on-plain-queue.ts";
import { testCase as transportRemountRounds } from "./transport/remount-rounds.ts";
import { testCase as transportRingWithoutConsent } from "./transport/ring-without-consent.ts";
import { testCase as transportRingWithoutModuleParameter } from "./transport/ring-without-module-parameter.ts";
import { testCase as transportShortRingEntries } from "./transport/short-ring-entries.ts";
import { testCase as transportSmallestMaxWrite } from "./transport/smallest-max-write.ts";
import { testCase as transportStoppedQueue } from "./transport/stopped-queue.ts";
import { testCase as transportStoppedServer } from "./transport/stopped-server.ts";
import { testCase as transportTimeoutAfterIdle } from "./transport/timeout-after-idle.ts";
import { testCase as transportTimeoutLimit } from "./transport/timeout-limit.ts";
import { testCase as transportTimeoutWherever } from "./transport/timeout-wherever.ts";
import { testCase as transportTruncateRace } from "./transport/truncate-race.ts";
import { testCase as transportTwoMounts } from "./transport/two-mounts.ts";
import { testCase as transportWriteAnswers } from "./transport/write-answers.ts";
import { testCase as transportZeroCopiedFileOnPlainQueue } from "./transport/zero-copied-file-on-plain-queue.ts";
import { testCase as transportZeroCopyFolder } from "./transport/zero-copy-folder.ts";
import { testCase as transportZeroCopyInUserNamespace } from "./transport/zero-copy-in-user-namespace.ts";
import { testCase as transportZeroCopyPagesComeBack } from "./transport/zero-copy-pages-come-back.ts";
import { testCase as transportZeroCopyQueueWithoutPool } from "./transport/zero-copy-queue-without-pool.ts";
import { testCase as transportZeroCopySlotBeyondTable } from "./transport/zero-copy-slot-beyond-table.ts";
import { testCase as transportZeroCopySlotDirections } from "./transport/zero-copy-slot-directions.ts";
import { testCase as transportZeroCopySlotFilled } from "./transport/zero-copy-slot-filled.ts";
import { testCase as transportZeroCopySlotLength } from "./transport/zero-copy-slot-length.ts";
import { testCase as transportZeroCopySlotReplaced } from "./transport/zero-copy-slot-replaced.ts";
import { testCase as transportZeroCopySlotsEmptyWhenIdle } from "./transport/zero-copy-slots-empty-when-idle.ts";
import { testCase as transportZeroCopyThenCopied } from "./transport/zero-copy-then-copied.ts";
import { testCase as transportZeroCopyTwoSlots } from "./transport/zero-copy-two-slots.ts";
import { testCase as transportZeroCopyWithoutCapability } from "./transport/zero-copy-without-capability.ts";
import { testCase as transportZeroCopyWriteSize } from "./transport/zero-copy-write-size.ts";

export const CASES: readonly Case[] = [
	coherenceDirectReadBeforeWriteBack,
	coherenceFlockWaits,
	coherenceFlock,
	coherenceLocksEndWithHolder,
	coherenceMappingAndCalls,
	coherenceMappingAndDirect,
	coherenceOfdLocks,
	coherencePosixLocks,
	coherenceRandomOperations,
	coherenceSixteenAppenders,
	coherenceSixteenWritersBuffered,
	coherenceSixteenWritersDirect,
	coherenceTwoMappings,
	coherenceWriteBackMtime,
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
	faultsTruncateDuringRead,
	faultsUniqueOther,
	faultsUniqueZero,
	faultsUnsetSizeRead,
	faultsUnsetSizeWrite,
	faultsWriteError,
	faultsWrongCommitId,
	faultsWrongQueue,
	faultsWrongSizeStatfs,
	ioAioClientDirect,
	ioAllocateGrows,
	ioAllocateKeepsSize,
	ioAppendFlag,
	ioAppendTwoHandles,
	ioChecksumFromStore,
	ioChecksumToStore,
	ioCollapseRefused,
	ioCopyRangeInOneFile,
	ioCopyRange,
	ioDirectEndOfFile,
	ioDirectIoMapping,
	ioDirectManyRequests,
	ioDirectSeesBuffered,
	ioDirectUnalignedMemory,
	ioDsyncFlag,
	ioEndOfFile,
	ioFsync,
	ioIoUringClientBuffered,
	ioIoUringClientDirect,
	ioIoUringClientFixedBuffers,
	ioMaxWriteBordersBuffered,
	ioMaxWriteBordersDirect,
	ioMmapBeyondEnd,
	ioMmapClient,
	ioMmapPrivate,
	ioMmapRead,
	ioMmapTail,
	ioMmapWrite,
	ioNoAppendFlag,
	ioNowaitFlag,
	ioOAppend,
	ioOSync,
	ioOneByteWrites,
	ioPageBordersBuffered,
	ioPageBordersDirect,
	ioParallelFiles,
	ioPartialPageOverwrite,
	ioPayloadBorders,
	ioPunchHoleUnderMapping,
	ioPunchHole,
	ioRandomOrderChunks,
	ioReadAheadAdvice,
	ioReadAhead,
	ioSeekDataHole,
	ioSendfile,
	ioSparseHoles,
	ioSpliceRead,
	ioSpliceWrite,
	ioTruncateGrow,
	ioTruncateOnOpen,
	ioTruncateShrink,
	ioTruncateUnderMapping,
	ioVectoredWrite,
	ioVmspliceWrite,
	ioWriteBackCache,
	ioZeroRange,
	limitsDeepFolders,
	limitsLargestOffset,
	limitsName255,
	limitsPath4095,
	limitsReaddir50000,
	limitsSparseTerabyte,
	limitsSymlink4095,
	limitsThousandFiles,
	limitsXattr64Kib,
	limitsXattrBeyondPayload,
	limitsXattrNames,
	memlockByteShort,
	memlockCapability,
	memlockExactLimit,
	memlockForkedChild,
	memlockHugePages,
	memlockKilledInSetUp,
	memlockLoweredLimit,
	memlockMemoryCgroup,
	memlockPageShort,
	memlockStartStopRounds,
	memlockTwoServers,
	memlockUpdateHalfDone,
	memlockUserNamespace,
	metaErrors,
	metaHardLink,
	metaLinksCount,
	metaMagicName,
	metaMode,
	metaNamesOfAnyBytes,
	metaReaddir5000Names,
	metaRemoveWhileListing,
	metaRenameAcrossFolders,
	metaRenameNoReplace,
	metaRenameOver,
	metaSpecialFiles,
	metaStatfs,
	metaSymbolicLink,
	metaTimes,
	metaUnlinkWhileOpen,
	metaXattrCreateReplace,
	metaXattrList,
	metaXattrRoom,
	metaXattrValue,
	teardownAbortBackgroundHeld,
	teardownAbortHeldRead,
	teardownAbortIdle,
	teardownAbortWhileStopped,
	teardownAbortWriteBackHeld,
	teardownCrashedDirectRead,
	teardownExitedDirectRead,
	teardownForcedUnmountHeld,
	teardownKilledBufferedRead,
	teardownKilledDirectRead,
	teardownKilledUnderWriters,
	teardownKilledWhileStopped,
	teardownLazyUnmountHeldRead,
	teardownPayloadPagesComeBack,
	teardownPoolPagesUnpinned,
	teardownQueueTablesComeBack,
	teardownServerStops,
	teardownTerminatedIdle,
	teardownUnloadModule,
	teardownUnmountIdle,
	thirdPartyLibfuseHello,
	thirdPartyLibfuseHelloLl,
	thirdPartyLibfuseMount,
	thirdPartyLibfuseMountLl,
	thirdPartyLibfuseNotify,
	thirdPartyLibfuseOthers,
	thirdPartyLibfusePassthroughBase,
	thirdPartyLibfusePassthroughFh,
	thirdPartyLibfusePassthroughHp,
	thirdPartyLibfusePassthroughLl,
	thirdPartyLibfusePassthroughLlWriteback,
	thirdPartyLibfusePassthroughPlus,
	thirdPartyLibfusePassthroughZeroIno,
	thirdPartyStressNgAttributes,
	thirdPartyStressNgData,
	thirdPartyStressNgNames,
	thirdPartyTestSyscalls,
	thirdPartyXfstests,
	transportAbortError,
	transportAddQueueBeyondLast,
	transportAddQueueTwice,
	transportAddQueueUnknownFlag,
	transportBackgroundLimit,
	transportBufferFreedInRead,
	transportBufferFreedInWrite,
	transportBufferUnmappedInRead,
	transportBufpoolAfterOwnPayload,
	transportBufpoolBeforeQueue,
	transportBufpoolTooShort,
	transportBufpoolTwice,
	transportBufpoolWithFlags,
	transportBufpoolWithReserved,
	transportClientCpuChoosesQueue,
	transportClientMovesCpu,
	transportCloneAnswersOwn,
	transportCloneRegisters,
	transportCommandBeforeInit,
	transportCommandNotFixed,
	transportCommandUnmounted,
	transportCommitBeyondLast,
	transportCommitOtherIndex,
	transportCommitUnknownId,
	transportCpuLeavesAndReturns,
	transportDepthOne,
	transportErrorWithoutId,
	transportExecDirectIo,
	transportForkHoldsConnection,
	transportHeaderWithoutMemory,
	transportInterruptSent,
	transportInterruptWithdrawn,
	transportKilledClient,
	transportKilledQueuedClient,
	transportMaxBackgroundCapped,
	transportMaxBackgroundOne,
	transportMaxPagesCapped,
	transportMemoryCgroupLoad,
	transportMixedLoad,
	transportMoreReadersThanEntries,
	transportOnePoolBuffer,
	transportPayloadWithoutMemory,
	transportPoolBeyondSlot,
	transportPoolBufferPassedOver,
	transportPoolRequestWithoutPayload,
	transportPoolZeroCopiedRead,
	transportQueueLeftOut,
	transportReadyWakes,
	transportRefusedRegisterWakes,
	transportRefusedRegister,
	transportRegisterAfterReady,
	transportRegisterBeyondLast,
	transportRegisterIovecCount,
	transportRegisterOtherIndex,
	transportRegisterPayloadOnPoolQueue,
	transportRegisterShortHeader,
	transportRegisterShortPayload,
	transportRegisterSlotOnPlainQueue,
	transportRemountRounds,
	transportRingWithoutConsent,
	transportRingWithoutModuleParameter,
	transportShortRingEntries,
	transportSmallestMaxWrite,
	transportStoppedQueue,
	transportStoppedServer,
	transportTimeoutAfterIdle,
	transportTimeoutLimit,
	transportTimeoutWherever,
	transportTruncateRace,
	transportTwoMounts,
	transportWriteAnswers,
	transportZeroCopiedFileOnPlainQueue,
	transportZeroCopyFolder,
	transportZeroCopyInUserNamespace,
	transportZeroCopyPagesComeBack,
	transportZeroCopyQueueWithoutPool,
	transportZeroCopySlotBeyondTable,
	transportZeroCopySlotDirections,
	transportZeroCopySlotFilled,
	transportZeroCopySlotLength,
	transportZeroCopySlotReplaced,
	transportZeroCopySlotsEmptyWhenIdle,
	transportZeroCopyThenCopied,
	transportZeroCopyTwoSlots,
	transportZeroCopyWithoutCapability,
	transportZeroCopyWriteSize,
];
