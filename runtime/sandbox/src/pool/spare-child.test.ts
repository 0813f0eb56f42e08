import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { bodyBundle } from "../fixture/segment-fixture.ts"
import { withPool } from "../fixture/pool-fixture.ts"
import { sharedFileBytes } from "../protocol/shared-layout.ts"
import { probeGuards } from "./guards.ts"
import { poolSettings } from "./pool-options.ts"
import { SpareChild } from "./spare-child.ts"

const settings = poolSettings({})

async function withSpare<A>(use: (spare: SpareChild) => Effect.Effect<A>): Promise<A> {
  const platform = await Effect.runPromise(probeGuards(settings.disabled, settings.dataMiB, sharedFileBytes))
  const spare = new SpareChild(settings, platform)
  return Effect.runPromise(
    Effect.ensuring(
      use(spare),
      Effect.sync(() => spare.close())
    )
  )
}

const whenReady = (spare: SpareChild) =>
  Effect.gen(function* () {
    let child = spare.take()
    for (; child === undefined; child = spare.take()) yield* Effect.sleep(10)
    return child
  })

describe("the spare process", () => {
  it("is ready to be asked, and belongs to whoever takes it first", async () => {
    await withSpare((spare) =>
      Effect.gen(function* () {
        spare.prepare(0)
        const child = yield* whenReady(spare)
        assert.strictEqual(spare.take(), undefined)
        const { answer } = yield* Effect.orDie(child.ask({ ask: "close", segment: 0 }, [], 5000))
        assert.strictEqual(answer.is, "ok")
        child.kill("closed")
      })
    )
  })

  it("is not kept for ever", async () => {
    await withSpare((spare) =>
      Effect.gen(function* () {
        spare.prepare(0)
        const first = yield* whenReady(spare)
        first.kill("closed")
        spare.prepare(0)
        yield* Effect.whileLoop({
          while: () => !spare.isReady,
          body: () => Effect.sleep(10),
          step: () => undefined
        })
        spare.parkWhenIdle(29_999)
        assert.isTrue(spare.isReady)
        spare.parkWhenIdle(30_000)
        assert.strictEqual(spare.take(), undefined)
      })
    )
  })
})

describe("reading a bundle", () => {
  it("asks a bundle once, and holds on to its answer", async () => {
    const started: string[] = []
    const bundle = bodyBundle("filter", "() => true")
    const texts = await withPool((pool) => Effect.all([pool.manifest(bundle), pool.manifest(bundle)]), {
      onPoint: (name) => started.push(name)
    })
    assert.strictEqual(texts[0], texts[1])
    assert.deepStrictEqual(started, ["sandbox-started"])
  })
})
