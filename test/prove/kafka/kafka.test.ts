import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { canRunKafka } from "../../kafka/requirements.ts"
import type { Fault } from "./fault-plan.ts"
import { runOnKafka } from "./prove-on-kafka.ts"

const folder = mkdtempSync(join(tmpdir(), "millrace-prove-kafka-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// A sample of `npm run prove -- kafka`.
const faults: readonly Fault[] = [
  { kind: "kill", process: 0, inCommit: true, afterMs: 4, losesState: false },
  { kind: "kill", process: 0, inCommit: false, afterMs: 700, losesState: true },
  { kind: "broker", broker: 1, how: "kill", afterMs: 0 },
  { kind: "kill", process: 0, inCommit: true, afterMs: 9, losesState: false }
]

describe.skipIf(!canRunKafka())("a platform on Kafka under kill -9", () => {
  it("loses and repeats nothing, for a reader of committed records", { timeout: 1_200_000 }, async () => {
    const result = await runOnKafka({ folder, seed: 3, events: 10_000, brokers: 1, workers: 0, faults })
    assert.deepStrictEqual([...result.course, ...result.checked], [])
  })
})
