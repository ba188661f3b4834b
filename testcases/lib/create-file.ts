import { type FileHandle, open } from "node:fs/promises";

/**
 * Creates or empties a file for writing. Opened for reading too: passthrough_hp creates its file with the client's
 * access mode, and write-back must read pages that are overwritten in part (EBADF otherwise).
 */
export const createFile = async (path: string): Promise<FileHandle> => await open(path, "w+", 0o600);
