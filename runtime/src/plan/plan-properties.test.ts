import * as Effect from "effect/Effect"
import fc from "fast-check"
import { assert, describe, it } from "vitest"
import type { Plan } from "./index.ts"
import { makePlan, planFromJson, planToJson } from "./index.ts"
import { dependenciesWith, planned, requestOf } from "./testing/plan-fixture.ts"

/** A node by kind, and where it reads: positions among the nodes before it (taken modulo how many there are). */
interface Drawn {
  readonly kind:
    | "filter"
    | "dedupe"
    | "counts"
    | "union"
    | "join"
    | "split"
    | "lookup"
    | "euros"
    | "sink"
    | "foreign"
  readonly reads: readonly [number, number]
  readonly named: boolean
  readonly by: "id" | "director" | "title"
  readonly partitions: number | undefined
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom(
    "filter",
    "filter",
    "dedupe",
    "counts",
    "union",
    "join",
    "split",
    "lookup",
    "euros",
    "sink",
    "foreign"
  ),
  reads: fc.tuple(fc.nat(), fc.nat()),
  named: fc.boolean(),
  by: fc.constantFrom("id", "director", "title"),
  partitions: fc.constantFrom(undefined, undefined, undefined, 1, 4)
})

const studio = planned(`pipeline: studio
nodes:
  movies: { source: "@millrace/endless", stream: studio.movies, partitions: 4 }
`)

/** Lines of YAML, one per node, each reading only nodes before it, so that the graph has no cycle. */
const linesOf = (nodes: readonly Drawn[]): readonly string[] => {
  const lines = [`m: { source: "@millrace/endless" }`, `r: { source: "@millrace/rates" }`]
  const outputs = ["m"]
  nodes.forEach((node, index) => {
    const name = `n${index}`
    const [left, right] = node.reads.map((read) => outputs[read % outputs.length]!)
    const cut = node.partitions === undefined ? "" : `, partitions: ${node.partitions}`
    const tail = `${node.named ? `, stream: s.${name}` : ""}${cut} }`
    const written = writtenAs(node, name, left!, right!, tail)
    lines.push(written)
    if (node.kind === "split") outputs.push(`${name}.good`, `${name}.bad`)
    // The schema changes here: what reads it may be refused, which is as good a case as any.
    else if (node.kind !== "sink") outputs.push(name)
  })
  return lines
}

const writtenAs = (node: Drawn, name: string, left: string, right: string, tail: string): string => {
  switch (node.kind) {
    case "filter":
      return `${name}: { use: "@millrace/filter", from: ${left}, with: { where: "title = 'x'" }${tail}`
    case "dedupe":
      return `${name}: { use: "@millrace/counts#dedupe", from: ${left}, with: { by: ${node.by} }${tail}`
    case "counts":
      return `${name}: { use: "@millrace/counts#per-director", from: ${left}${tail}`
    case "union":
      return `${name}: { use: "@millrace/union", from: ${left === right ? left : `[${left}, ${right}]`}${tail}`
    case "join":
      return `${name}: { use: "@acme/join", from: { left: ${left}, right: ${right} }${tail}`
    case "split":
      return `${name}: { use: "@acme/split", from: ${left} }`
    case "lookup":
      return `${name}: { use: "@millrace/lookup", from: ${left}, tables: { rates: r }${tail}`
    case "euros":
      return `${name}: { use: ./in-euros.ts, from: ${left}${tail}`
    case "sink":
      return `${name}: { sink: "@millrace/files", from: ${left}, with: { path: ${name} } }`
    case "foreign":
      return `${name}: { use: "@millrace/counts#dedupe", from: { stream: studio.movies }, with: { by: ${node.by} }${tail}`
  }
}

const textOf = (lines: readonly string[]): string =>
  `pipeline: p\nnodes:\n${lines.map((line) => `  ${line}\n`).join("")}`

const tryPlan = (lines: readonly string[]): Plan | undefined => {
  const made = Effect.runSync(Effect.result(makePlan(requestOf(textOf(lines)), dependenciesWith([studio]))))
  if (made._tag === "Success") return made.success
  assert.isNotEmpty(made.failure.problems)
  for (const problem of made.failure.problems) assert.isAtLeast(problem.line ?? 0, 1)
  return undefined
}

const property = (check: (plan: Plan, lines: readonly string[]) => void, runs = 150) => {
  let accepted = 0
  fc.assert(
    fc.property(fc.array(drawn, { maxLength: 9 }), (nodes) => {
      const lines = linesOf(nodes)
      const plan = tryPlan(lines)
      if (plan === undefined) return
      accepted += 1
      check(plan, lines)
    }),
    { numRuns: runs }
  )
  assert.isAtLeast(accepted, runs / 10)
}

const nodesOf = (plan: Plan) =>
  plan.physical.chains.flatMap((chain) =>
    chain.segments.flatMap((segment) => segment.nodes.map(({ spec }) => spec.node))
  )

describe("any pipeline that can be planned", () => {
  it("has every node in exactly one chain", () => {
    property((plan) => assert.sameMembers(nodesOf(plan), Object.keys(plan.pipeline.nodes)))
  })

  it("writes and reads the same topics, each after what writes it", () => {
    property((plan) => {
      const topics = new Map(plan.topics.map((topic) => [topic.name, topic]))
      assert.strictEqual(topics.size, plan.topics.length)
      const written = new Set(["studio.movies"])
      for (const chain of plan.physical.chains) {
        for (const { topic, producers } of [...chain.inputs, ...chain.tables]) {
          assert.isTrue(written.has(topic), `${chain.head} reads ${topic}, that nothing before it writes`)
          assert.isNotEmpty(producers)
        }
        for (const { topic } of chain.outputs) {
          assert.deepStrictEqual(topics.get(topic)?.producers, [`p/${chain.head}`])
          written.add(topic)
        }
      }
      written.delete("studio.movies")
      assert.sameMembers([...written, "p.dead-letters"], [...topics.keys()])
    })
  })

  it("reads inputs of one partition count, and keyed ones by their key", () => {
    property((plan) => {
      const topics = new Map(plan.topics.map((topic) => [topic.name, topic]))
      for (const chain of plan.physical.chains) {
        for (const { topic, input } of chain.inputs) {
          assert.strictEqual(topics.get(topic)?.partitions ?? 4, chain.partitions)
          const keyBy = plan.nodes.find((node) => node.name === chain.head)?.inputs[input]?.keyBy
          if (keyBy !== undefined) assert.deepStrictEqual(topics.get(topic)?.key ?? ["id"], keyBy)
        }
        const stateful = chain.segments
          .flatMap((segment) => segment.nodes)
          .filter(({ spec }) => spec.state.length > 0)
        assert.isAtMost(stateful.length, 1)
      }
    })
  })

  it("never runs a keyed node in a source's chain, whose partitions go by no key", () => {
    property((plan) => {
      for (const chain of plan.physical.chains) {
        if (chain.partitions !== "source") continue
        for (const { spec } of chain.segments.flatMap((segment) => segment.nodes)) {
          assert.isTrue(
            Object.values(plan.nodes.find((node) => node.name === spec.node)?.inputs ?? {}).every(
              (input) => input.keyBy === undefined
            )
          )
        }
      }
    })
  })

  it("gives the same plan in whatever order the nodes are written", () => {
    property((plan, lines) => {
      const again = tryPlan(lines.toReversed())
      assert.strictEqual(again?.physical.hash, plan.physical.hash)
      assert.deepStrictEqual(again?.physical, plan.physical)
    }, 80)
  })

  it("survives the store", () => {
    property((plan) => {
      const again = Effect.runSync(Effect.orDie(planFromJson(planToJson(plan))))
      assert.deepStrictEqual(again, plan)
    }, 40)
  })
})

describe("a stored plan", () => {
  it("is refused when it is damaged", () => {
    const text = planToJson(studio)
    const digest = studio.nodes[0]!.digest
    const damaged = [
      text.slice(0, -1),
      text.replace(`"version":1`, `"version":2`),
      text.replaceAll(`"${digest}":`, `"gone":`),
      "{}"
    ]
    for (const one of damaged) {
      const read = Effect.runSync(Effect.result(planFromJson(one)))
      assert.strictEqual(read._tag === "Failure" && read.failure._tag, "PlanUnreadable")
    }
  })

  it("holds each bundle once", () => {
    const node = (name: string, from: string) => `  ${name}: { use: "@millrace/union", from: ${from} }\n`
    const plan = planned(
      `pipeline: p\nnodes:\n  m: { source: "@millrace/endless" }\n${node("a", "m")}${node("b", "a")}`
    )
    assert.strictEqual(planToJson(plan).split("var __millrace_bundle").length - 1, 2)
  })
})
