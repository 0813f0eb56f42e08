import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { inspect, own, withChild } from "./fixture/child-fixture.ts"
import { withPool } from "./fixture/pool-fixture.ts"
import { poolSettings } from "./pool/pool-options.ts"
import { preloadChild } from "./pool/start-child.ts"
import { joinBundle } from "./protocol/bundle-parts.ts"

const settings = poolSettings({})
const library = "globalThis.runs = (globalThis.runs ?? 0) + 1"
describe("a bundle of two parts", () => {
  it("means what it means as one script", async () => {
    const bundle = joinBundle(library, own("runs")).bundle
    assert.strictEqual(runInNewContext(`${bundle}; __millrace_bundle.manifest()`), "1")
    assert.strictEqual(await withPool((pool) => pool.manifest(bundle)), "1")
  })

  it("says where it failed by the lines of the whole text", async () => {
    const bundle = joinBundle(`${library}\n\n`, 'var a = 1\nthrow new Error("no")').bundle
    const error = await withPool((pool) => Effect.flip(pool.manifest(bundle)))
    assert.deepStrictEqual(error.at?.[0]?.line, bundle.split("\n").length)
  })
})

describe("a deadline", () => {
  it("that passes before the bundle's realm is open is a deadline still", async () => {
    assert.strictEqual(await withChild((child) => inspect(child, own("1"), 1)), "deadline")
  })
})

describe("a process that ran a library ahead", () => {
  it("gives the bundle that begins with it a realm that has it, once", async () => {
    const bundle = joinBundle(library, own("runs")).bundle
    const answers = await withChild((child) =>
      Effect.andThen(
        preloadChild(child, settings, library),
        Effect.all([inspect(child, bundle), inspect(child, bundle)])
      )
    )
    assert.deepStrictEqual(answers, ["1", "1"])
  })

  it("does not count the library's time against the bundle", async () => {
    const library = `var left = 3e8; while (left > 0) left -= 1;`
    const bundle = joinBundle(library, own("left")).bundle
    assert.strictEqual(await withChild((child) => inspect(child, bundle, 50)), "deadline")
    const answer = withChild((child) =>
      Effect.andThen(preloadChild(child, settings, library), inspect(child, bundle, 50))
    )
    assert.strictEqual(await answer, "0")
  })

  it("shows another bundle nothing of it", async () => {
    const answer = await withChild((child) =>
      Effect.andThen(preloadChild(child, settings, library), inspect(child, own("typeof runs")))
    )
    assert.strictEqual(answer, "undefined")
  })

  it("lets the bundle say it where the library throws, or does not end", async () => {
    const throwing = "throw new Error('no')"
    const answers = await withChild((child) =>
      Effect.andThen(
        preloadChild(child, settings, throwing),
        Effect.all([inspect(child, joinBundle(throwing, own("1")).bundle), inspect(child, own("1"))])
      )
    )
    assert.deepStrictEqual(answers, ["failed", "1"])
    const endless = withChild((child) =>
      Effect.andThen(
        preloadChild(child, poolSettings({ inspection: { deadlineMs: 100, memoryMiB: 64 } }), "for (;;);"),
        inspect(child, own("1"))
      )
    )
    assert.strictEqual(await endless, "1")
  })
})
