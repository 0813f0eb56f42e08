import * as NodeServices from "@effect/platform-node/NodeServices"
import { SandboxPool } from "@millrace/sandbox"
import { BatchCursor } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { batchesOf, encodeInput } from "./batches.ts"
import { openSurroundings } from "./bench-log.ts"
import { benchPlan } from "./bench-plan.ts"
import { codecMicros, resolveSubject } from "./codec-cost.ts"
import { fieldUses } from "./field-use.ts"
import { rememberingBodies, withVariant } from "./guest-variants.ts"
import { pass } from "./measure.ts"
import { openRig, type Rig } from "./rig.ts"
import { readSubject } from "./subject.ts"
import { noTotals } from "./totals.ts"

// The real sandbox and the real log, for a few batches.

let folder = ""
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-bench-"))
  const films = Array.from({ length: 40 }, (_, n) => ({ title: `Film ${n}`, director: `d${n % 4}` }))
  writeFileSync(join(folder, "films.json"), JSON.stringify(films))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The plugin that counts films by director, over 40 of them, and what is done with it. */
const counting = <A, E>(use: (bench: Bench) => Effect.Effect<A, E, SandboxPool>) =>
  Effect.gen(function* () {
    const subject = yield* readSubject({
      plugin: undefined,
      folder: resolve(import.meta.dirname, "../../../../plugins/count"),
      config: ['by=["director"]'],
      input: [join(folder, "films.json")],
      records: 40,
      seconds: 1,
      seed: 0,
      json: true
    })
    const plan = yield* benchPlan(subject)
    const environment = yield* openSurroundings(join(folder, "data"))
    const resolved = yield* resolveSubject(subject)
    const inputs = subject.inputs.map((input) =>
      encodeInput(input, resolved?.inputs[input.name]?.keyBy ?? [], 40)
    )
    const batches = batchesOf(inputs, { bytes: 1 << 20, records: 10 })
    return yield* use({ subject, plan, environment, resolved, batches })
  }).pipe(
    Effect.scoped,
    Effect.provide(SandboxPool.layer({ processesPerDomain: 1 })),
    Effect.provide(NodeServices.layer),
    Effect.runPromise
  )

interface Bench {
  readonly subject: Effect.Success<ReturnType<typeof readSubject>>
  readonly plan: Effect.Success<ReturnType<typeof benchPlan>>
  readonly environment: Effect.Success<ReturnType<typeof openSurroundings>>
  readonly resolved: Effect.Success<ReturnType<typeof resolveSubject>>
  readonly batches: ReturnType<typeof batchesOf>
}

/** The values of all outputs of a pass, in order, and its totals. */
const outputsOf = (rig: Rig, batches: Bench["batches"]) =>
  Effect.gen(function* () {
    const values: string[] = []
    const totals = yield* pass(rig, batches, noTotals(), (_batch, { result }) => {
      for (const { frame } of result.outputs) {
        const cursor = new BatchCursor(frame)
        while (cursor.next())
          values.push(Buffer.from(frame.subarray(cursor.valueStart, cursor.valueEnd)).toString("hex"))
      }
    })
    return { values, totals }
  })

describe("a plugin that is driven by hand", () => {
  it("keeps its state from batch to batch, and leaves no folder", async () => {
    const { first, second } = await counting(({ batches, environment, plan }) =>
      Effect.gen(function* () {
        const rig = yield* Effect.orDie(openRig(environment, plan))
        const process = yield* rig.process
        assert.isAbove(process?.residentBytes ?? 0, 0)
        return { first: yield* outputsOf(rig, batches), second: yield* outputsOf(rig, batches) }
      }).pipe(Effect.scoped)
    )
    const { totals } = first
    assert.deepStrictEqual([totals.records, totals.recordsOut, totals.batches], [40, 40, 4])
    assert.deepStrictEqual([totals.failed, totals.filtered], [0, 0])
    assert.isAbove(totals.stateBytes, 0)
    assert.lengthOf(new Set([...first.values, ...second.values]), 80, "each count comes once")
    assert.isFalse(existsSync(join(folder, "data")), readdirSync(folder).join())
  })

  it("gives the same again and again when its body answers from memory", async () => {
    const [ours, first, second, third] = await counting(({ batches, environment, plan }) =>
      Effect.gen(function* () {
        const rig = yield* Effect.orDie(openRig(environment, plan))
        const variant = withVariant(plan, "remembering", rememberingBodies({ input: 40 }))
        const without = yield* Effect.orDie(openRig(environment, variant))
        const runs = [rig, without, without, without].map((each) => outputsOf(each, batches))
        return yield* Effect.all(runs)
      }).pipe(Effect.scoped)
    )
    assert.deepStrictEqual(first?.values, ours?.values)
    assert.deepStrictEqual(second?.values, ours?.values)
    assert.deepStrictEqual(third?.values, ours?.values)
    assert.isAbove(first?.totals.stateBytes ?? 0, 0)
    assert.strictEqual(third?.totals.stateBytes, 0, "the body's state is not touched any more")
  })

  it("tells which fields are looked at, and runs its codecs alone", async () => {
    const [fields, micros] = await counting(({ batches, environment, plan, resolved, subject }) =>
      Effect.gen(function* () {
        if (resolved === undefined) return yield* Effect.die("not resolved")
        const [batch = { frames: [], records: 0 }] = batches
        const { manifest } = subject
        const uses = yield* Effect.scoped(fieldUses(environment, plan, { batch, manifest, resolved }))
        const rig = yield* Effect.orDie(openRig(environment, plan))
        const { result } = yield* Effect.orDie(rig.run(batch))
        return [uses, codecMicros(resolved, [{ batch, outputs: result.outputs }])] as const
      }).pipe(Effect.scoped)
    )
    assert.deepStrictEqual(fields, [{ input: "input", form: "derived", read: [], used: [], texts: [] }])
    assert.isAbove(micros, 0)
  })
})
