/**
 * Runs before every bundle: zod compiles validators with `new Function` unless told that the page forbids it. A module
 * of the bundle would come too late, since schemas of shared chunks are made before the entry's first line.
 */
globalThis.__zod_globalConfig = { jitless: true };
