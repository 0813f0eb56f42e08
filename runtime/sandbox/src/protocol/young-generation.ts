/**
 * Of an isolate's semi-spaces, MiB. isolated-vm leaves them one, so that a batch is collected while it is worked on; in four most of what
 * it makes has died before, and a fused call of a megabyte takes a fifth less (test/bench/RESULTS.md).
 */
export const semiSpaceMiB = 4

/** What an isolate begins with, and comes back to when its process rests. It grows in one step, when as much has outlived collections. */
export const firstSemiSpaceMiB = 1

/** V8 has three of them, beside the old generation: a plugin that declares less than 20 MiB has that much. */
export const youngMiB = 3 * semiSpaceMiB
