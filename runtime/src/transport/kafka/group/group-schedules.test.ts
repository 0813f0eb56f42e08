import { assert, describe, it } from "vitest"
import { sharedClusters } from "../../../../../test/kafka/shared.ts"
import { hasKafka } from "../../../../../test/tools.ts"
import { kafkajsClient } from "../client/kafkajs-client.ts"
import { platformaticClient } from "../client/platformatic-client.ts"
import type { AssignableUnit } from "./assign-units.ts"
import { unheld, until } from "./testing/crew.ts"
import type { Crew } from "./testing/crew.ts"
import { crewsOn } from "./testing/crews-on.ts"
import { runSchedule } from "./testing/random-schedule.ts"

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }
const patienceMs = 60_000
/** More by hand: SEED=100 SEEDS=50. */
const firstSeed = Number(process.env["SEED"] ?? 1)
const seeds = Array.from({ length: Number(process.env["SEEDS"] ?? 2) }, (_, index) => firstSeed + index)

const unitsOf = (chain: string, count: number): readonly AssignableUnit[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${chain}/${index}`, chain }))

describe.skipIf(!hasKafka)("workers of one group, as it may happen", () => {
  for (const cluster of sharedClusters)
    for (const [library, makeClient] of Object.entries(clients))
      describe(`over ${library}, on ${cluster.name}`, () => {
        const { crew } = crewsOn(cluster, makeClient)

        it("hand over within a second when they leave, by default", async () => {
          const all = crew({ terms: { heartbeatMs: 500 } })
          const units = unitsOf("one", 6)
          for (const label of ["first", "second"]) await (await all.add(label)).offer(units)
          await until(() => unheld(all, units) ?? halves(all), patienceMs)
          const began = performance.now()
          await all.workers[0]?.close()
          await until(() => unheld(all, units), patienceMs)
          assert.isBelow(performance.now() - began, 1_000)
        })

        it("take over what one had that was killed, once its session has ended", async () => {
          const all = crew({ terms: { sessionTimeoutMs: 3_000 } })
          const units = unitsOf("one", 6)
          for (const label of ["first", "second"]) await (await all.add(label)).offer(units)
          await until(
            () =>
              unheld(all, units) ??
              (all.workers.every((each) => each.held().length === 3) ? undefined : "half"),
            patienceMs
          )
          const [first, second] = all.workers
          await first?.kill()
          const others = second?.held()
          assert.strictEqual(others?.length, 3)
          await until(() => unheld(all, units), patienceMs)
          assert.strictEqual(second?.facts().losses, 0)
        })

        it("do not wait for a predecessor that was killed, whose folder they have", async () => {
          let saved: string | undefined
          const memberId = {
            load: () => Promise.resolve(saved),
            save: (id: string) => {
              saved = id
              return Promise.resolve()
            }
          }
          const all = crew({ terms: { sessionTimeoutMs: 30_000 } })
          const units = unitsOf("one", 6)
          await (await all.add("first")).offer(units)
          await (await all.add("second", { memberId })).offer(units)
          await until(
            () =>
              unheld(all, units) ??
              (all.workers.every((each) => each.held().length === 3) ? undefined : "half"),
            patienceMs
          )
          assert.strictEqual(saved, all.workers[1]?.facts().memberId)
          await all.workers[1]?.kill()
          const successor = await all.add("successor", { memberId })
          await successor.offer(units)
          // Half of the session that nobody waits for.
          await until(
            () => unheld(all, units) ?? (successor.held().length === 3 ? undefined : "its part"),
            15_000
          )
          assert.strictEqual(saved, successor.facts().memberId)
        })

        it("give nothing to one that knows of no work", async () => {
          const all = crew()
          const units = unitsOf("one", 4)
          const busy = await all.add("busy")
          await busy.offer(units)
          await until(() => unheld(all, units), patienceMs)
          const idle = await all.add("idle")
          await until(() => (idle.facts().state === "stable" ? undefined : "it is no member"), patienceMs)
          assert.deepStrictEqual([busy.held().length, idle.facts().assigned], [4, []])
          await idle.offer(units)
          await until(() => (idle.held().length === 2 ? unheld(all, units) : "its part"), patienceMs)
        })

        it("leave what they have with them while one leads that never offered anything", async () => {
          const all = crew({ terms: { graceMs: 200 } })
          const units = unitsOf("one", 4)
          const leader = await all.add("leader")
          await leader.offer(units)
          const [, ...others] = [leader, await all.add("busy"), await all.add("idle")]
          const [busy, idle] = others
          await busy?.offer(units)
          await until(() => (busy?.held().length === 2 ? unheld(all, units) : "its part"), patienceMs)
          await until(() => (idle?.facts().state === "stable" ? undefined : "no member"), patienceMs)
          const had = busy?.held() ?? []
          await leader.kill()
          await until(
            () => (others.some((each) => each.facts().isLeader) ? undefined : "no leader"),
            patienceMs
          )
          // Whoever leads now.
          assert.includeMembers([...(busy?.held() ?? [])], [...had])
          await idle?.offer(units)
          await until(() => unheld(all, units), patienceMs)
          assert.strictEqual(busy?.facts().losses, 0)
        })

        for (const seed of seeds)
          it(`never do the same at once, and in the end all is done, by seed ${seed}`, async () => {
            const sessionTimeoutMs = 2_000
            const all = crew({ batchMs: 20, terms: { sessionTimeoutMs, graceMs: 1_000 } })
            await runSchedule(all, { seed, steps: 30, sessionMs: sessionTimeoutMs, patienceMs })
          })
      })
})

const halves = (crew: Crew): string | undefined =>
  crew.workers.every((each) => each.held().length === 3) ? undefined : "a half each"
