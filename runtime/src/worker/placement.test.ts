import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { embeddedTransport } from "../transport/embedded/index.ts"
import { Transport } from "../transport/transport.ts"
import { runPlan } from "./run-plan.ts"
import { MovingPlacements } from "./testing/moving-placement.ts"
import { loadPlan } from "./testing/scripted-plan.ts"
import { keyOf, makeScript, scriptedPool } from "./testing/scripted-pool.ts"
import { makeMeters } from "./worker-environment.ts"

const keys = 12
const perKey = 15

/** Two workers on one log, whose units move by `moves` (unit, worker; 2: nobody); what the sink then showed. */
const shared = (moves: readonly (readonly [number, number])[]) =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const partitions: { [name: string]: string[] } = { p0: [], p1: [], p2: [] }
    for (let n = 0; n < perKey; n++)
      for (let key = 0; key < keys; key++) partitions[`p${key % 3}`]?.push(`k${key}:${n}`)
    const script = makeScript(partitions)
    const placements = new MovingPlacements(2)
    const refreshed: string[] = []
    const scopes = [yield* Scope.make(), yield* Scope.make()]
    const running = yield* Effect.forEach(scopes, (scope, worker) =>
      runPlan(
        loadPlan(),
        {
          transport: {
            ...transport,
            refreshState: (pipeline, node, partition) =>
              Effect.sync(() => void refreshed.push(`${worker}: ${pipeline}/${node}/${partition}`))
          },
          pool: scriptedPool(script),
          seedKey: new Uint8Array(32),
          meters: makeMeters(0),
          byteBudget: Semaphore.makeUnsafe(65_536),
          budgetKiB: 65_536,
          onLog: () => Effect.void,
          batchRecords: 4,
          placement: { ...placements.of(worker), keepsCopies: worker === 1 }
        },
        { run: "one" }
      ).pipe(Effect.provideService(Scope.Scope, scope))
    )
    while (placements.units().length < 13) yield* Effect.yieldNow
    const units = placements.units()
    for (const [unit, to] of moves) {
      yield* placements.move(units[unit % units.length] ?? "", to)
      for (let n = 0; n < 20; n++) yield* Effect.yieldNow
    }
    for (const [index, unit] of units.entries()) yield* placements.move(unit, index % 2)
    yield* Effect.forEach(running, ({ untilCompleted }) => untilCompleted, { concurrency: "unbounded" })
    const states = running.map(({ state }) => state())
    yield* Effect.forEach(scopes, (scope) => Scope.close(scope, Exit.void))
    return { visible: script.visible, states, units, refreshed }
  })

const run = async (moves: readonly (readonly [number, number])[]) => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-placement-"))
  try {
    return await Effect.runPromise(Effect.provide(shared(moves), embeddedTransport({ folder })))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("workers that share a pipeline's tasks", () => {
  it("part record chains by partitions, and leave a source to one of them", async () => {
    const { states, units } = await run([])
    assert.include(units, "load/raw#one")
    assert.includeMembers([...units], ["load/pass/0#one", "load/pass/3#one", "load/count/2#one"])
    assert.deepStrictEqual(states, ["completed", "completed"])
  })

  it("keep copies of the state of what others do, where they are to", async () => {
    const { refreshed } = await run([])
    const partitions = [...new Set(refreshed)].sort()
    assert.isNotEmpty(partitions)
    for (const each of partitions) assert.match(each, /^1: load\/count\/\d$/)
  })

  it("lose, repeat and reorder nothing, wherever tasks go, and know on each when all has ended", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 2 })), { maxLength: 60 }),
        async (moves) => {
          const { states, visible } = await run(moves)
          assert.deepStrictEqual(states, ["completed", "completed"])
          const found = new Map<string, string[]>()
          for (const text of visible)
            found.set(keyOf(text), [...(found.get(keyOf(text)) ?? []), text.slice(text.indexOf(":") + 1)])
          assert.strictEqual(found.size, keys)
          const expected = Array.from({ length: perKey }, (_, n) => String(n + 1))
          for (const [key, counts] of found) assert.deepStrictEqual(counts, expected, key)
        }
      ),
      { numRuns: 6 }
    )
  }, 60_000)
})
