import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { whenFree } from "../../../transport/embedded/index.ts"
import { checkIdOrigin } from "./id-origin.ts"

describe("whose ids stand in the topics", () => {
  let folder = ""
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "millrace-ids-"))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const start = (isOutside: boolean): Promise<string> =>
    Effect.runPromise(
      checkIdOrigin(join(folder, "kafka"), isOutside).pipe(
        Effect.as("it starts"),
        Effect.catch(({ code }) => Effect.succeed(code))
      )
    )

  it("is what the first start says, and stays so", async () => {
    assert.strictEqual(await start(true), "it starts")
    assert.strictEqual(await start(true), "it starts")
    assert.strictEqual(await start(false), "KAFKA_REGISTRY_CHANGED")
    rmSync(join(folder, "kafka", "schema-ids"))
    assert.strictEqual(await start(false), "it starts")
    assert.strictEqual(await start(true), "KAFKA_REGISTRY_CHANGED")
  })

  it("was the platform's own before there was a choice", async () => {
    mkdirSync(join(folder, "kafka", "local"), { recursive: true })
    assert.strictEqual(await start(true), "KAFKA_REGISTRY_CHANGED")
    assert.strictEqual(await start(false), "it starts")
  })

  it("is not chosen yet by a platform on a shared database that has only waited for its folder", async () => {
    await Effect.runPromise(whenFree(join(folder, "kafka", "local")))
    assert.strictEqual(await start(true), "it starts")
  })
})
