import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { assert, describe, it } from "vitest"
import { embeddedTransport } from "../../transport/embedded/index.ts"
import { Transport } from "../../transport/transport.ts"
import { runPlan } from "../run-plan.ts"
import { loadPlan } from "../testing/scripted-plan.ts"
import { makeScript, scriptedPool } from "../testing/scripted-pool.ts"
import { makeMeters } from "../worker-environment.ts"

setFlagsFromString("--expose-gc")
const collect: NodeJS.GCFunction = runInNewContext("gc")

const oldBytes = (): number =>
  getHeapSpaceStatistics()
    .filter(({ space_name }) => !space_name.startsWith("new"))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0)

const perPartition = 12_000
/**
 * As many as a young generation has room for. What is under way when it is collected becomes old: about 1,300 bytes a call, and 4,800
 * have been seen on a machine with too much to do.
 */
const callsPerCollection = 100
/** It was 9,300 and more when generators were made for each batch (ARCHITECTURE.md, decisions that are not obvious). */
const mostBytesPerCall = 7_000

describe("what a batch leaves", () => {
  it("is collected while it is young, so that a busy platform seldom collects its whole heap", async () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-garbage-"))
    let calls = 0
    const texts = Array.from({ length: perPartition }, (_, n) => `k${n % 7}:${n}`)
    const script = {
      ...makeScript({ p0: texts, p1: texts }),
      onCall: () => {
        calls += 1
        if (calls % callsPerCollection === 0) collect({ type: "minor" })
        return undefined
      }
    }
    const program = Effect.gen(function* () {
      const running = yield* runPlan(loadPlan(), {
        transport: yield* Transport,
        pool: scriptedPool(script),
        seedKey: new Uint8Array(32),
        meters: makeMeters(0),
        byteBudget: Semaphore.makeUnsafe(65_536),
        budgetKiB: 65_536,
        onLog: () => Effect.void
      })
      yield* running.untilCompleted
    })
    collect()
    try {
      await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(embeddedTransport({ folder }))))
      collect({ type: "minor" })
      const before = oldBytes()
      collect()
      const garbage = before - oldBytes()
      assert.isAbove(calls, 1_000)
      assert.isBelow(garbage / calls, mostBytesPerCall, `bytes per call, of ${calls} calls`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
