import type { Store } from "../../orchestrator/domain/cell.ts";

/**
 * Smallest unit of O_DIRECT that the store takes: the server opens its file with the client's O_DIRECT, tmpfs does
 * not care about alignment, a block device wants whole sectors.
 */
export const directStepBytes = (store: Store): number => (store === "tmpfs" ? 1 : 512);
