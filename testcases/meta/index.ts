/** Every case of this group; listed by hand so that one bundle holds them all. */
import type { Case } from "../case.ts";
import { testCase as errors } from "./errors.ts";
import { testCase as hardLink } from "./hard-link.ts";
import { testCase as linksCount } from "./links-count.ts";
import { testCase as magicName } from "./magic-name.ts";
import { testCase as mode } from "./mode.ts";
import { testCase as namesOfAnyBytes } from "./names-of-any-bytes.ts";
import { testCase as readdir5000Names } from "./readdir-5000-names.ts";
import { testCase as removeWhileListing } from "./remove-while-listing.ts";
import { testCase as renameAcrossFolders } from "./rename-across-folders.ts";
import { testCase as renameNoReplace } from "./rename-no-replace.ts";
import { testCase as renameOver } from "./rename-over.ts";
import { testCase as specialFiles } from "./special-files.ts";
import { testCase as statfs } from "./statfs.ts";
import { testCase as symbolicLink } from "./symbolic-link.ts";
import { testCase as times } from "./times.ts";
import { testCase as unlinkWhileOpen } from "./unlink-while-open.ts";
import { testCase as xattrCreateReplace } from "./xattr-create-replace.ts";
import { testCase as xattrList } from "./xattr-list.ts";
import { testCase as xattrRoom } from "./xattr-room.ts";
import { testCase as xattrValue } from "./xattr-value.ts";

export const META: readonly Case[] = [
	errors,
	hardLink,
	linksCount,
	magicName,
	mode,
	namesOfAnyBytes,
	readdir5000Names,
	removeWhileListing,
	renameAcrossFolders,
	renameNoReplace,
	renameOver,
	specialFiles,
	statfs,
	symbolicLink,
	times,
	unlinkWhileOpen,
	xattrCreateReplace,
	xattrList,
	xattrRoom,
	xattrValue,
];
