import { writeFile } from "node:fs/promises";

/**
 * Makes the kernel forget clean pages, dentries and inodes, so that the next read asks the server
 * (fs/drop_caches.c:drop_caches_sysctl_handler). Dirty pages stay: close or fsync first.
 */
export const dropCaches = async (): Promise<void> => await writeFile("/proc/sys/vm/drop_caches", "3");
