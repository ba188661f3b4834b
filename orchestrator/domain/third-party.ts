/** Test suites of other projects, run unchanged as cases. They take long, so a config has to name them: `cases: all` leaves them out. */
export const isThirdParty = (name: string): boolean => name.startsWith("third-party/");

/** Where libfuse's source lies in the guest, unpacked when its root was made. */
export const LIBFUSE_SOURCE = "/usr/src/fuse3";

/** What of it is built for its own tests, once a run asks for them: `example/`, `test/` and `util/`. */
export const LIBFUSE_TESTS = "/opt/libfuse-tests";
