/** Every case of this group; listed by hand so that one bundle holds them all. */
import type { Case } from "../case.ts";
import { testCase as abortError } from "./abort-error.ts";
import { testCase as addQueueBeyondLast } from "./add-queue-beyond-last.ts";
import { testCase as addQueueTwice } from "./add-queue-twice.ts";
import { testCase as addQueueUnknownFlag } from "./add-queue-unknown-flag.ts";
import { testCase as backgroundLimit } from "./background-limit.ts";
import { testCase as bufferFreedInRead } from "./buffer-freed-in-read.ts";
import { testCase as bufferFreedInWrite } from "./buffer-freed-in-write.ts";
import { testCase as bufferUnmappedInRead } from "./buffer-unmapped-in-read.ts";
import { testCase as bufpoolAfterOwnPayload } from "./bufpool-after-own-payload.ts";
import { testCase as bufpoolBeforeQueue } from "./bufpool-before-queue.ts";
import { testCase as bufpoolTooShort } from "./bufpool-too-short.ts";
import { testCase as bufpoolTwice } from "./bufpool-twice.ts";
import { testCase as bufpoolWithFlags } from "./bufpool-with-flags.ts";
import { testCase as bufpoolWithReserved } from "./bufpool-with-reserved.ts";
import { testCase as clientCpuChoosesQueue } from "./client-cpu-chooses-queue.ts";
import { testCase as clientMovesCpu } from "./client-moves-cpu.ts";
import { testCase as cloneAnswersOwn } from "./clone-answers-own.ts";
import { testCase as cloneRegisters } from "./clone-registers.ts";
import { testCase as commandBeforeInit } from "./command-before-init.ts";
import { testCase as commandNotFixed } from "./command-not-fixed.ts";
import { testCase as commandUnmounted } from "./command-unmounted.ts";
import { testCase as commitBeyondLast } from "./commit-beyond-last.ts";
import { testCase as commitOtherIndex } from "./commit-other-index.ts";
import { testCase as commitUnknownId } from "./commit-unknown-id.ts";
import { testCase as cpuLeavesAndReturns } from "./cpu-leaves-and-returns.ts";
import { testCase as depthOne } from "./depth-one.ts";
import { testCase as errorWithoutId } from "./error-without-id.ts";
import { testCase as execDirectIo } from "./exec-direct-io.ts";
import { testCase as forkHoldsConnection } from "./fork-holds-connection.ts";
import { testCase as headerWithoutMemory } from "./header-without-memory.ts";
import { testCase as interruptSent } from "./interrupt-sent.ts";
import { testCase as interruptWithdrawn } from "./interrupt-withdrawn.ts";
import { testCase as killedClient } from "./killed-client.ts";
import { testCase as killedQueuedClient } from "./killed-queued-client.ts";
import { testCase as maxBackgroundCapped } from "./max-background-capped.ts";
import { testCase as maxBackgroundOne } from "./max-background-one.ts";
import { testCase as maxPagesCapped } from "./max-pages-capped.ts";
import { testCase as memoryCgroupLoad } from "./memory-cgroup-load.ts";
import { testCase as mixedLoad } from "./mixed-load.ts";
import { testCase as moreReadersThanEntries } from "./more-readers-than-entries.ts";
import { testCase as onePoolBuffer } from "./one-pool-buffer.ts";
import { testCase as payloadWithoutMemory } from "./payload-without-memory.ts";
import { testCase as poolBeyondSlot } from "./pool-beyond-slot.ts";
import { testCase as poolBufferPassedOver } from "./pool-buffer-passed-over.ts";
import { testCase as poolRequestWithoutPayload } from "./pool-request-without-payload.ts";
import { testCase as poolZeroCopiedRead } from "./pool-zero-copied-read.ts";
import { testCase as queueLeftOut } from "./queue-left-out.ts";
import { testCase as readyWakes } from "./ready-wakes.ts";
import { testCase as refusedRegister } from "./refused-register.ts";
import { testCase as refusedRegisterWakes } from "./refused-register-wakes.ts";
import { testCase as registerAfterReady } from "./register-after-ready.ts";
import { testCase as registerBeyondLast } from "./register-beyond-last.ts";
import { testCase as registerIovecCount } from "./register-iovec-count.ts";
import { testCase as registerOtherIndex } from "./register-other-index.ts";
import { testCase as registerPayloadOnPoolQueue } from "./register-payload-on-pool-queue.ts";
import { testCase as registerShortHeader } from "./register-short-header.ts";
import { testCase as registerShortPayload } from "./register-short-payload.ts";
import { testCase as registerSlotOnPlainQueue } from "./register-slot-on-plain-queue.ts";
import { testCase as remountRounds } from "./remount-rounds.ts";
import { testCase as ringWithoutConsent } from "./ring-without-consent.ts";
import { testCase as ringWithoutModuleParameter } from "./ring-without-module-parameter.ts";
import { testCase as shortRingEntries } from "./short-ring-entries.ts";
import { testCase as smallestMaxWrite } from "./smallest-max-write.ts";
import { testCase as stoppedQueue } from "./stopped-queue.ts";
import { testCase as stoppedServer } from "./stopped-server.ts";
import { testCase as timeoutAfterIdle } from "./timeout-after-idle.ts";
import { testCase as timeoutLimit } from "./timeout-limit.ts";
import { testCase as timeoutWherever } from "./timeout-wherever.ts";
import { testCase as truncateRace } from "./truncate-race.ts";
import { testCase as twoMounts } from "./two-mounts.ts";
import { testCase as writeAnswers } from "./write-answers.ts";
import { testCase as zeroCopiedFileOnPlainQueue } from "./zero-copied-file-on-plain-queue.ts";
import { testCase as zeroCopyFolder } from "./zero-copy-folder.ts";
import { testCase as zeroCopyInUserNamespace } from "./zero-copy-in-user-namespace.ts";
import { testCase as zeroCopyPagesComeBack } from "./zero-copy-pages-come-back.ts";
import { testCase as zeroCopyQueueWithoutPool } from "./zero-copy-queue-without-pool.ts";
import { testCase as zeroCopySlotBeyondTable } from "./zero-copy-slot-beyond-table.ts";
import { testCase as zeroCopySlotDirections } from "./zero-copy-slot-directions.ts";
import { testCase as zeroCopySlotFilled } from "./zero-copy-slot-filled.ts";
import { testCase as zeroCopySlotLength } from "./zero-copy-slot-length.ts";
import { testCase as zeroCopySlotReplaced } from "./zero-copy-slot-replaced.ts";
import { testCase as zeroCopySlotsEmptyWhenIdle } from "./zero-copy-slots-empty-when-idle.ts";
import { testCase as zeroCopyThenCopied } from "./zero-copy-then-copied.ts";
import { testCase as zeroCopyTwoSlots } from "./zero-copy-two-slots.ts";
import { testCase as zeroCopyWithoutCapability } from "./zero-copy-without-capability.ts";
import { testCase as zeroCopyWriteSize } from "./zero-copy-write-size.ts";

export const TRANSPORT: readonly Case[] = [
	abortError,
	addQueueBeyondLast,
	addQueueTwice,
	addQueueUnknownFlag,
	backgroundLimit,
	bufferFreedInRead,
	bufferFreedInWrite,
	bufferUnmappedInRead,
	bufpoolAfterOwnPayload,
	bufpoolBeforeQueue,
	bufpoolTooShort,
	bufpoolTwice,
	bufpoolWithFlags,
	bufpoolWithReserved,
	clientCpuChoosesQueue,
	clientMovesCpu,
	cloneAnswersOwn,
	cloneRegisters,
	commandBeforeInit,
	commandNotFixed,
	commandUnmounted,
	commitBeyondLast,
	commitOtherIndex,
	commitUnknownId,
	cpuLeavesAndReturns,
	depthOne,
	errorWithoutId,
	execDirectIo,
	forkHoldsConnection,
	headerWithoutMemory,
	interruptSent,
	interruptWithdrawn,
	killedClient,
	killedQueuedClient,
	maxBackgroundCapped,
	maxBackgroundOne,
	maxPagesCapped,
	memoryCgroupLoad,
	mixedLoad,
	moreReadersThanEntries,
	onePoolBuffer,
	payloadWithoutMemory,
	poolBeyondSlot,
	poolBufferPassedOver,
	poolRequestWithoutPayload,
	poolZeroCopiedRead,
	queueLeftOut,
	readyWakes,
	refusedRegisterWakes,
	refusedRegister,
	registerAfterReady,
	registerBeyondLast,
	registerIovecCount,
	registerOtherIndex,
	registerPayloadOnPoolQueue,
	registerShortHeader,
	registerShortPayload,
	registerSlotOnPlainQueue,
	remountRounds,
	ringWithoutConsent,
	ringWithoutModuleParameter,
	shortRingEntries,
	smallestMaxWrite,
	stoppedQueue,
	stoppedServer,
	timeoutAfterIdle,
	timeoutLimit,
	timeoutWherever,
	truncateRace,
	twoMounts,
	writeAnswers,
	zeroCopiedFileOnPlainQueue,
	zeroCopyFolder,
	zeroCopyInUserNamespace,
	zeroCopyPagesComeBack,
	zeroCopyQueueWithoutPool,
	zeroCopySlotBeyondTable,
	zeroCopySlotDirections,
	zeroCopySlotFilled,
	zeroCopySlotLength,
	zeroCopySlotReplaced,
	zeroCopySlotsEmptyWhenIdle,
	zeroCopyThenCopied,
	zeroCopyTwoSlots,
	zeroCopyWithoutCapability,
	zeroCopyWriteSize,
];
