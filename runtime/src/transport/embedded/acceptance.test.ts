import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, it } from "vitest"
import { transportAcceptance } from "../acceptance.ts"
import { compactionAcceptance } from "../acceptance-compaction.ts"
import { eventTimeAcceptance } from "../acceptance-event-time.ts"
import { upgradeAcceptance } from "../acceptance-upgrade.ts"
import { embeddedTransport } from "./layer.ts"
import { compacted, eagerly } from "./testing/compacted.ts"

describe.each([
  { is: "the embedded transport", frames: {} },
  // Each file takes a few.
  {
    is: "the embedded transport, where all frames lie in files",
    frames: { leastBytes: 1, fileBytes: 20_000 }
  }
])("$is", ({ frames }) => {
  let folder = ""
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "millrace-log-"))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  for (const { name, run } of [...transportAcceptance, ...eventTimeAcceptance, ...upgradeAcceptance])
    it(name, () => Effect.runPromise(Effect.provide(run, embeddedTransport({ folder, frames }))))
  for (const { name, run } of compactionAcceptance(compacted))
    it(name, () =>
      Effect.runPromise(Effect.provide(run, embeddedTransport({ folder, frames, compaction: eagerly })))
    )
})
