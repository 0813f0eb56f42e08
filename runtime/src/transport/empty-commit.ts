import type { Commit } from "./transport.ts"

/** A commit with nothing in it, to spread over. */
export const emptyCommit: Commit = {
  outputs: [],
  state: new Uint8Array(0),
  offsets: [],
  positions: {},
  tokens: {},
  watermarks: {},
  counts: {},
  completed: false,
  now: 0
}
