import { groupCases, transactionCases } from "./acceptance-coordination.ts"
import { recordCases, topicCases } from "./acceptance-records.ts"
import type { ClientCase } from "./acceptance-records.ts"

/** What every client must do on every release of Kafka. */
export const acceptanceCases: readonly ClientCase[] = [
  ...topicCases,
  ...recordCases,
  ...transactionCases,
  ...groupCases
]
