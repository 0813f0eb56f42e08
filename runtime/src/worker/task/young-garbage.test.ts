import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { runScripted } from "../testing/run-scripted.ts"
import { makeScript } from "../testing/scripted-pool.ts"

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
    collect()
    try {
      await Effect.runPromise(runScripted(folder, script, { use: (running) => running.untilCompleted }))
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
