/** As `runtime/bin/node24.js` starts the program. */
export const platformFlags = [
  "--no-node-snapshot",
  "--max-semi-space-size=4",
  "--no-parallel-scavenge",
  "--initial-old-space-size=96",
  "--disable-warning=ExperimentalWarning"
]
