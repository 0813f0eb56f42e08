import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import { afterAll, assert, describe, it } from "vitest"
import { seedKey, type SeedPlace } from "./installation-key.ts"

const folder = mkdtempSync(join(tmpdir(), "millrace-seed-"))
afterAll(() => rmSync(folder, { recursive: true }))

const seedOf = (place: SeedPlace) =>
  Effect.runPromise(
    seedKey(place).pipe(
      Effect.map((seed) => Buffer.from(seed).toString("hex")),
      Effect.provide(NodeServices.layer)
    )
  )

describe("the seed of a platform", () => {
  it("is made at a folder's first start, and is the same from then on", async () => {
    const first = await seedOf({ folder })
    assert.lengthOf(first, 64)
    assert.strictEqual(await seedOf({ folder }), first)
  })

  it("is what a file has that is named: 32 bytes, plain, in hexadecimal or base64", async () => {
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, at) => at * 7))
    const seedFile = join(folder, "given")
    for (const text of [bytes, `${bytes.toString("hex")}\n`, `${bytes.toString("base64")}\n`]) {
      writeFileSync(seedFile, text)
      assert.strictEqual(await seedOf({ folder, seedFile }), bytes.toString("hex"))
    }
  })

  it("is refused where the file has something else, or is not there, and nothing is made in its place", async () => {
    const seedFile = join(folder, "wrong")
    const refused = () =>
      Effect.runPromise(Effect.flip(seedKey({ folder, seedFile })).pipe(Effect.provide(NodeServices.layer)))
    assert.propertyVal(await refused(), "code", "SEED_INVALID")
    writeFileSync(seedFile, "0123456789")
    assert.propertyVal(await refused(), "code", "SEED_INVALID")
    assert.propertyVal(await refused(), "where", seedFile)
  })
})
