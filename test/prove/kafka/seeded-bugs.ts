import { seededBugs } from "../kills/seeded-bugs.ts"
import type { SeededBug } from "../kills/seeded-bugs.ts"
import type { Fault } from "./fault-plan.ts"

/** Those of the embedded log's proof, and what only Kafka can have wrong. Each must be caught by the checker. */
export const kafkaBugs: readonly Omit<SeededBug, "kills">[] = [
  ...seededBugs,
  {
    name: "what was aborted is read",
    file: "transport/kafka/partition-reader.ts",
    from: 'isolation: "committed",',
    to: 'isolation: "uncommitted",'
  },
  {
    name: "state missing from the changelog",
    file: "transport/kafka/changelog.ts",
    from: "  if (entries.length === 0) return undefined\n",
    to: "  if (entries.length === 0 || now % 7 === 0) return undefined\n"
  }
]

/** Kills between a commit's call and its first step, where most of the bugs show. */
export const bugFaults: readonly Fault[] = Array.from({ length: 2 }, () => ({
  kind: "kill",
  process: 0,
  inCommit: true,
  afterMs: 0,
  losesState: false
}))
