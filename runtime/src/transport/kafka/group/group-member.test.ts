import { assert, describe, it } from "vitest"
import { sharedClusters } from "../../../../../test/kafka/shared.ts"
import { hasKafka } from "../../../../../test/tools.ts"
import { kafkajsClient } from "../client/kafkajs-client.ts"
import { platformaticClient } from "../client/platformatic-client.ts"
import type { AssignableUnit } from "./assign-units.ts"
import { describeWorkers } from "./describe-workers.ts"
import { readAssignment } from "./member-format.ts"
import { unheld, until } from "./testing/crew.ts"
import { crewsOn } from "./testing/crews-on.ts"

const unitsOf = (chain: string, count: number, needs?: string): readonly AssignableUnit[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${chain}/${index}`,
    chain,
    ...(needs === undefined ? {} : { needs })
  }))

const patienceMs = 20_000
const [cluster] = sharedClusters

describe.skipIf(!hasKafka || cluster === undefined)("workers of one group", () => {
  const { bootstrap, crew } = crewsOn(cluster, kafkajsClient)

  it("share what there is, and who comes gets its part without two ever having the same", async () => {
    const all = crew()
    const units = [...unitsOf("one", 4), ...unitsOf("two", 5)]
    const first = await all.add("first")
    await first.offer(units)
    await until(() => unheld(all, units), patienceMs)
    const second = await all.add("second")
    await second.offer(units)
    await until(() => unheld(all, units) ?? (second.held().length >= 4 ? undefined : "its part"), patienceMs)
    const third = await all.add("third")
    await third.offer(units)
    await until(
      () =>
        unheld(all, units) ??
        (all.workers.every((each) => each.held().length === 3) ? undefined : "a third each") ??
        // Who gave something up joins once more to tell it, and does what it does the while.
        (all.workers.every((each) => each.facts().state === "stable") ? undefined : "settled"),
      patienceMs
    )
    const { isLeader, workers } = first.facts()
    assert.isTrue(isLeader)
    assert.deepStrictEqual(workers.map(({ label, units: given }) => `${label} ${given.length}`).sort(), [
      "first 3",
      "second 3",
      "third 3"
    ])
    assert.strictEqual(second.facts().leader, first.facts().memberId)
    assert.deepStrictEqual(second.facts().assigned, second.held())
    assert.deepStrictEqual(
      all.workers.map((each) => [each.facts().state, each.facts().losses]),
      [
        ["stable", 0],
        ["stable", 0],
        ["stable", 0]
      ]
    )
  })

  it("hand over at once when they leave, long before their session would have ended", async () => {
    const all = crew({
      openClient: () => Promise.resolve(platformaticClient({ bootstrap: bootstrap() })),
      batchMs: 50
    })
    const units = unitsOf("one", 6)
    for (const label of ["first", "second"]) await (await all.add(label)).offer(units)
    await until(
      () =>
        unheld(all, units) ?? (all.workers.every((each) => each.held().length === 3) ? undefined : "half"),
      patienceMs
    )
    const [first, second] = all.workers
    // The leader, whose followers have to find another.
    const began = performance.now()
    await first?.close()
    await until(() => unheld(all, units), patienceMs)
    assert.isBelow(performance.now() - began, 4_000)
    assert.deepStrictEqual(
      [second?.held().length, second?.facts().losses, second?.facts().isLeader],
      [6, 0, true]
    )
    assert.deepStrictEqual([first?.facts().state, first?.held()], ["left", []])
  })

  it("give all up by their own clock when they are not heard of, before others have it, and come back", async () => {
    const all = crew({ terms: { sessionTimeoutMs: 2_000 } })
    const units = unitsOf("one", 6)
    for (const label of ["first", "second"]) await (await all.add(label)).offer(units)
    await until(
      () =>
        unheld(all, units) ?? (all.workers.every((each) => each.held().length === 3) ? undefined : "half"),
      patienceMs
    )
    const [first, second] = all.workers
    first?.gate.shut()
    await until(() => (first?.facts().state === "lost" ? undefined : "it is not lost"), patienceMs)
    assert.deepStrictEqual(first?.held(), [])
    await until(() => (second?.held().length === 6 ? undefined : "not all are taken over"), patienceMs)
    first?.gate.open()
    await until(
      () => unheld(all, units) ?? (first?.held().length === 3 ? undefined : "it is not back"),
      patienceMs
    )
    assert.strictEqual(first?.facts().state, "stable")
  })

  it("take up what their leader offers, whoever offers it first, and drop what it withdrew", async () => {
    const all = crew({ terms: { graceMs: 300 } })
    const [leader, follower] = [await all.add("leader"), await all.add("follower")]
    await until(
      () => (leader.facts().isLeader && leader.facts().workers.length === 2 ? undefined : "two"),
      patienceMs
    )
    const early = unitsOf("early", 2)
    const late = unitsOf("late", 2)
    await follower.offer(early)
    await leader.offer([...late, ...early])
    await until(() => (follower.facts().assigned.length === 2 ? undefined : "its part"), patienceMs)
    await follower.offer(late)
    await until(() => unheld(all, [...early, ...late]), patienceMs)
    // The leader goes first, and its followers keep what they do for a while.
    await leader.withdraw(early.map(({ id }) => id))
    await until(
      () =>
        all.workers.every((each) => each.facts().assigned.every((id) => id.startsWith("late")))
          ? undefined
          : "nobody drops it",
      patienceMs
    )
    await until(() => unheld(all, late), patienceMs)
    assert.deepStrictEqual(
      follower.held().filter((id) => id.startsWith("early")),
      []
    )
  })

  it("are known to anybody who asks the cluster, with what each does, and what only one may do is told where none is", async () => {
    const all = crew()
    const units = [
      ...unitsOf("free", 2),
      ...unitsOf("posted", 1, "ingest:a"),
      ...unitsOf("gone", 1, "ingest:z")
    ]
    const able = await all.add("able", { traits: ["ingest:a"], weight: 2 })
    const other = await all.add("other")
    await able.offer(units)
    await other.offer(units)
    await until(
      () => unheld(all, units.slice(0, 3)) ?? (other.held().length === 1 ? undefined : "its part"),
      patienceMs
    )
    assert.deepStrictEqual(able.facts().unplaced, ["gone/0"])
    const client = kafkajsClient({ bootstrap: bootstrap() })
    try {
      const { group } = all
      const { state, workers } = await describeWorkers(client, group)
      assert.strictEqual(state, "Stable")
      assert.deepStrictEqual(
        workers.map(({ label, traits, units: given, weight }) => [label, traits, weight, given]),
        [
          ["able", ["ingest:a"], 2, able.held()],
          ["other", [], 1, other.held()]
        ]
      )
      assert.deepStrictEqual(await describeWorkers(client, `${group}-none`), { state: "Dead", workers: [] })
    } finally {
      await client.close()
    }
  })

  it("pass over a member whose words cannot be read, and its part of the work", async () => {
    const all = crew()
    const units = unitsOf("one", 4)
    const worker = await all.add("worker")
    await worker.offer(units)
    await until(() => unheld(all, units), patienceMs)
    const client = kafkajsClient({ bootstrap: bootstrap() })
    try {
      const joined = await client.joinGroup({
        group: all.group,
        memberId: "",
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 30_000,
        protocolType: "millrace",
        protocols: [{ name: "tasks-1", metadata: Buffer.from([1, 2, 3]) }]
      })
      const given = await client.syncGroup(joined.member, [])
      assert.deepStrictEqual(readAssignment(given), [])
      assert.strictEqual(worker.held().length, 4)
      await client.leaveGroup(joined.member)
    } finally {
      await client.close()
    }
  })
})
