import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { embeddedTransport } from "../transport/embedded/index.ts"
import { Transport } from "../transport/transport.ts"
import { marksIn, type RunMarks, writeMarks } from "./run-marks.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-marks-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The marks among a pipeline's checkpoints after each of these was written. */
const afterEachOf = (...written: readonly Partial<RunMarks>[]): Promise<readonly RunMarks[]> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const transport = yield* Transport
      return yield* Effect.forEach(written, (marks) =>
        Effect.gen(function* () {
          yield* writeMarks("p", marks, 1)
          return marksIn(yield* transport.checkpoints("p"))
        })
      )
    }).pipe(Effect.scoped, Effect.provide(embeddedTransport({ folder })))
  )

const trial = { revision: 3, before: 2, wasPaused: false, commits: 40 }
const none = { started: 0, ended: 0, intent: undefined, trial: undefined }

describe("a pipeline's marks", () => {
  it("are found among its checkpoints, each kept until it is set anew or taken away", async () => {
    assert.deepEqual(await afterEachOf({ started: 3 }, { trial }, { ended: 3 }, { trial: undefined }), [
      { ...none, started: 3 },
      { ...none, started: 3, trial },
      { ...none, started: 3, ended: 3, trial },
      { ...none, started: 3, ended: 3 }
    ])
  })

  it("are none among the checkpoints of a pipeline that was never started", () => {
    assert.deepEqual(marksIn([]), none)
  })
})
