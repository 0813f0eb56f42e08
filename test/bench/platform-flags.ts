/** As `runtime/bin/node24.js` starts the program. */
export const platformFlags = [
  "--no-node-snapshot",
  "--max-semi-space-size=4",
  "--no-parallel-scavenge",
  "--disable-warning=ExperimentalWarning"
]
