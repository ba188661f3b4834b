/** Every case of this group; listed by hand so that one bundle holds them all. */
import type { Case } from "../case.ts";
import { testCase as aioClientDirect } from "./aio-client-direct.ts";
import { testCase as allocateGrows } from "./allocate-grows.ts";
import { testCase as allocateKeepsSize } from "./allocate-keeps-size.ts";
import { testCase as appendFlag } from "./append-flag.ts";
import { testCase as appendTwoHandles } from "./append-two-handles.ts";
import { testCase as checksumFromStore } from "./checksum-from-store.ts";
import { testCase as checksumToStore } from "./checksum-to-store.ts";
import { testCase as collapseRefused } from "./collapse-refused.ts";
import { testCase as copyRange } from "./copy-range.ts";
import { testCase as copyRangeInOneFile } from "./copy-range-in-one-file.ts";
import { testCase as directEndOfFile } from "./direct-end-of-file.ts";
import { testCase as directIoMapping } from "./direct-io-mapping.ts";
import { testCase as directManyRequests } from "./direct-many-requests.ts";
import { testCase as directSeesBuffered } from "./direct-sees-buffered.ts";
import { testCase as directUnalignedMemory } from "./direct-unaligned-memory.ts";
import { testCase as dsyncFlag } from "./dsync-flag.ts";
import { testCase as endOfFile } from "./end-of-file.ts";
import { testCase as fsync } from "./fsync.ts";
import { testCase as ioUringClientBuffered } from "./io-uring-client-buffered.ts";
import { testCase as ioUringClientDirect } from "./io-uring-client-direct.ts";
import { testCase as ioUringClientFixedBuffers } from "./io-uring-client-fixed-buffers.ts";
import { testCase as maxWriteBordersBuffered } from "./max-write-borders-buffered.ts";
import { testCase as maxWriteBordersDirect } from "./max-write-borders-direct.ts";
import { testCase as mmapBeyondEnd } from "./mmap-beyond-end.ts";
import { testCase as mmapClient } from "./mmap-client.ts";
import { testCase as mmapPrivate } from "./mmap-private.ts";
import { testCase as mmapRead } from "./mmap-read.ts";
import { testCase as mmapTail } from "./mmap-tail.ts";
import { testCase as mmapWrite } from "./mmap-write.ts";
import { testCase as noAppendFlag } from "./no-append-flag.ts";
import { testCase as nowaitFlag } from "./nowait-flag.ts";
import { testCase as oAppend } from "./o-append.ts";
import { testCase as oSync } from "./o-sync.ts";
import { testCase as oneByteWrites } from "./one-byte-writes.ts";
import { testCase as pageBordersBuffered } from "./page-borders-buffered.ts";
import { testCase as pageBordersDirect } from "./page-borders-direct.ts";
import { testCase as parallelFiles } from "./parallel-files.ts";
import { testCase as partialPageOverwrite } from "./partial-page-overwrite.ts";
import { testCase as payloadBorders } from "./payload-borders.ts";
import { testCase as punchHole } from "./punch-hole.ts";
import { testCase as punchHoleUnderMapping } from "./punch-hole-under-mapping.ts";
import { testCase as randomOrderChunks } from "./random-order-chunks.ts";
import { testCase as readAhead } from "./read-ahead.ts";
import { testCase as readAheadAdvice } from "./read-ahead-advice.ts";
import { testCase as seekDataHole } from "./seek-data-hole.ts";
import { testCase as sendfile } from "./sendfile.ts";
import { testCase as sparseHoles } from "./sparse-holes.ts";
import { testCase as spliceRead } from "./splice-read.ts";
import { testCase as spliceWrite } from "./splice-write.ts";
import { testCase as truncateGrow } from "./truncate-grow.ts";
import { testCase as truncateOnOpen } from "./truncate-on-open.ts";
import { testCase as truncateShrink } from "./truncate-shrink.ts";
import { testCase as truncateUnderMapping } from "./truncate-under-mapping.ts";
import { testCase as vectoredWrite } from "./vectored-write.ts";
import { testCase as vmspliceWrite } from "./vmsplice-write.ts";
import { testCase as writeBackCache } from "./write-back-cache.ts";
import { testCase as zeroRange } from "./zero-range.ts";

export const IO: readonly Case[] = [
	aioClientDirect,
	allocateGrows,
	allocateKeepsSize,
	appendFlag,
	appendTwoHandles,
	checksumFromStore,
	checksumToStore,
	collapseRefused,
	copyRangeInOneFile,
	copyRange,
	directEndOfFile,
	directIoMapping,
	directManyRequests,
	directSeesBuffered,
	directUnalignedMemory,
	dsyncFlag,
	endOfFile,
	fsync,
	ioUringClientBuffered,
	ioUringClientDirect,
	ioUringClientFixedBuffers,
	maxWriteBordersBuffered,
	maxWriteBordersDirect,
	mmapBeyondEnd,
	mmapClient,
	mmapPrivate,
	mmapRead,
	mmapTail,
	mmapWrite,
	noAppendFlag,
	nowaitFlag,
	oAppend,
	oSync,
	oneByteWrites,
	pageBordersBuffered,
	pageBordersDirect,
	parallelFiles,
	partialPageOverwrite,
	payloadBorders,
	punchHoleUnderMapping,
	punchHole,
	randomOrderChunks,
	readAheadAdvice,
	readAhead,
	seekDataHole,
	sendfile,
	sparseHoles,
	spliceRead,
	spliceWrite,
	truncateGrow,
	truncateOnOpen,
	truncateShrink,
	truncateUnderMapping,
	vectoredWrite,
	vmspliceWrite,
	writeBackCache,
	zeroRange,
];
