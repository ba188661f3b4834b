/** Every case of this group; listed by hand so that one bundle holds them all. */
import type { Case } from "../case.ts";
import { testCase as deepFolders } from "./deep-folders.ts";
import { testCase as largestOffset } from "./largest-offset.ts";
import { testCase as name255 } from "./name-255.ts";
import { testCase as path4095 } from "./path-4095.ts";
import { testCase as readdir50000 } from "./readdir-50000.ts";
import { testCase as sparseTerabyte } from "./sparse-terabyte.ts";
import { testCase as symlink4095 } from "./symlink-4095.ts";
import { testCase as thousandFiles } from "./thousand-files.ts";
import { testCase as xattr64Kib } from "./xattr-64-kib.ts";
import { testCase as xattrBeyondPayload } from "./xattr-beyond-payload.ts";
import { testCase as xattrNames } from "./xattr-names.ts";

export const LIMITS: readonly Case[] = [
	deepFolders,
	largestOffset,
	name255,
	path4095,
	readdir50000,
	sparseTerabyte,
	symlink4095,
	thousandFiles,
	xattr64Kib,
	xattrBeyondPayload,
	xattrNames,
];
