/** Test suites of other projects, run unchanged as cases. They take long, so a config has to name them: `cases: all` leaves them out. */
export const isThirdParty = (name: string): boolean => name.startsWith("third-party/");

/** Where libfuse's source lies in the guest, unpacked when its root was made. */
export const LIBFUSE_SOURCE = "/usr/src/fuse3";

/** What of it is built for its own tests, once a run asks for them: `example/`, `test/` and `util/`. */
export const LIBFUSE_TESTS = "/opt/libfuse-tests";

/** A built xfstests that the user has, and what of it is to be run. */
export interface Xfstests {
	/** Absolute path: on the host in a config, in the guest once it is there. */
	readonly folder: string;
	/** Tests and groups, such as `generic/013` and `generic/quick`. */
	readonly tests: readonly string[];
	/** Tests that are left out. */
	readonly exclude: readonly string[];
}
