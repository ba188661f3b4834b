/** Every case of this group; listed by hand so that one bundle holds them all. */
import type { Case } from "../case.ts";
import { testCase as libfuseHello } from "./libfuse-hello.ts";
import { testCase as libfuseHelloLl } from "./libfuse-hello-ll.ts";
import { testCase as libfuseMount } from "./libfuse-mount.ts";
import { testCase as libfuseMountLl } from "./libfuse-mount-ll.ts";
import { testCase as libfuseNotify } from "./libfuse-notify.ts";
import { testCase as libfuseOthers } from "./libfuse-others.ts";
import { testCase as libfusePassthroughBase } from "./libfuse-passthrough-base.ts";
import { testCase as libfusePassthroughFh } from "./libfuse-passthrough-fh.ts";
import { testCase as libfusePassthroughHp } from "./libfuse-passthrough-hp.ts";
import { testCase as libfusePassthroughLl } from "./libfuse-passthrough-ll.ts";
import { testCase as libfusePassthroughLlWriteback } from "./libfuse-passthrough-ll-writeback.ts";
import { testCase as libfusePassthroughPlus } from "./libfuse-passthrough-plus.ts";
import { testCase as libfusePassthroughZeroIno } from "./libfuse-passthrough-zero-ino.ts";
import { testCase as stressNgAttributes } from "./stress-ng-attributes.ts";
import { testCase as stressNgData } from "./stress-ng-data.ts";
import { testCase as stressNgNames } from "./stress-ng-names.ts";
import { testCase as testSyscalls } from "./test-syscalls.ts";
import { testCase as xfstests } from "./xfstests.ts";

export const THIRD_PARTY: readonly Case[] = [
	libfuseHello,
	libfuseHelloLl,
	libfuseMount,
	libfuseMountLl,
	libfuseNotify,
	libfuseOthers,
	libfusePassthroughBase,
	libfusePassthroughFh,
	libfusePassthroughHp,
	libfusePassthroughLl,
	libfusePassthroughLlWriteback,
	libfusePassthroughPlus,
	libfusePassthroughZeroIno,
	stressNgAttributes,
	stressNgData,
	stressNgNames,
	testSyscalls,
	xfstests,
];
