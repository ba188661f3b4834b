/** Every case; listed by hand so that one bundle holds them all. */
import type { Case } from "./case.ts";
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
import { testCase as teardownServerStops } from "./teardown/server-stops.ts";
import { testCase as teardownUnmountIdle } from "./teardown/unmount-idle.ts";

export const CASES: readonly Case[] = [
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
	teardownServerStops,
	teardownUnmountIdle,
];
