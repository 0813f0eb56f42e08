import { SandboxPool, type Segment, type SegmentHost } from "@millrace/sandbox"
import { parseAvroOrThrow, schemaHash } from "@millrace/sdk/avro"
import { bundlePlugins } from "@millrace/sdk/build"
import { compileReader } from "@millrace/sdk/codec"
import { BatchCursor, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { makePlan, type Plan, type PlanDependencies } from "./index.ts"
import { requestOf } from "./testing/plan-fixture.ts"

const text = `pipeline: films
nodes:
  films:  { source: "./plugins.ts#films", with: { count: 7 } }
  rated:  { use: "./plugins.ts#where", from: films, with: { where: rating > 2 } }
  short:  { use: "./plugins.ts#project", from: rated, with: { fields: { id: id, stars: "CAST(rating AS INT) * 10" } }, stream: studio.short }
  counts: { use: "./plugins.ts#per-director", from: again, stream: studio.counts }
  again:  { use: "./plugins.ts#where", from: more, with: { where: "id <> 'f1'" } }
  more:   { source: "./plugins.ts#films", with: { count: 4 } }
`

const inSandbox = Effect.gen(function* () {
  const pool = yield* SandboxPool
  const entry = fileURLToPath(new URL("./testing/plugins-fixture.ts", import.meta.url))
  const { code } = yield* bundlePlugins({ entry })
  const dependencies: PlanDependencies = {
    resolvePackage: () => Effect.die("no package is asked for"),
    readManifest: pool.manifest,
    derive: pool.derive,
    topic: () => Effect.succeed(undefined),
    streams: Effect.succeed([])
  }
  return yield* makePlan(requestOf(text, { modules: { "./plugins.ts": { bundle: code } } }), dependencies)
})

const withPool = <A, E>(effect: Effect.Effect<A, E, SandboxPool>): Promise<A> =>
  Effect.runPromise(effect.pipe(Effect.provide(SandboxPool.layer())))

const host: SegmentHost = {
  request: () => Effect.die("nothing is asked of the host"),
  readState: () => Effect.succeed(new Uint8Array())
}

const openChain = (plan: Plan, head: string, index = 0) => {
  const segment = plan.physical.chains.find((chain) => chain.head === head)?.segments[index]
  if (segment === undefined) return Effect.die(`no segment ${index} of a chain ${head}`)
  const { domain, limits, nodes } = segment
  const spec = { id: `films/${head}/${index}`, domain, limits, nodes: nodes.map((node) => node.spec) }
  return Effect.flatMap(SandboxPool, (pool) => pool.open(spec))
}

const callSource = (segment: Segment) =>
  segment.call(
    {
      partition: 0,
      now: 0,
      seed: new Uint8Array(32),
      head: { kind: "source", partition: "all", positionJson: undefined, maxRecords: 100, maxBytes: 65_536 },
      tables: []
    },
    host
  )

const callRecords = (segment: Segment, topic: string, frame: Uint8Array) =>
  segment.call(
    {
      partition: 0,
      now: 0,
      seed: new Uint8Array(32),
      head: {
        kind: "records",
        end: false,
        inputs: [{ input: "input", topic, topicPartition: 0, baseOffset: 0n, frame }]
      },
      tables: []
    },
    host
  )

/** A source's segment and what follows it. */
const runChain = Effect.fnUntraced(function* (plan: Plan, head: string) {
  const read = yield* callSource(yield* openChain(plan, head))
  return yield* callRecords(yield* openChain(plan, head, 1), head, read.outputs[0]!.frame)
})

/** What a frame holds, read by the schema that the plan says it is written with. */
const recordsOf = (frame: Uint8Array, schemaText: string) => {
  const type = parseAvroOrThrow(schemaText)
  const header = openBatch(frame)
  assert.deepStrictEqual(header.schemaHash, schemaHash(type))
  const { read } = compileReader(type, type)
  const cursor = new BatchCursor(frame)
  const records: { key: string | undefined; value: unknown }[] = []
  while (cursor.next()) {
    const key = cursor.key()
    const value = read(frame, cursor.valueStart, cursor.valueEnd)
    records.push({ key: key === null ? undefined : new TextDecoder().decode(key), value })
  }
  return records
}

describe("a plan in the real sandbox", () => {
  it("is made from manifests and derived contracts that guests give, and runs", async () => {
    await withPool(
      Effect.scoped(
        Effect.gen(function* () {
          const plan = yield* inSandbox
          assert.deepStrictEqual(
            plan.physical.chains.map((chain) => chain.head),
            ["films", "more", "counts"]
          )
          const short = plan.topics.find((topic) => topic.name === "studio.short")
          assert.deepStrictEqual(short?.key, ["id"])
          const result = yield* runChain(plan, "films")
          assert.deepStrictEqual(result.deadLetters, [])
          const [output, ...others] = result.outputs
          assert.isEmpty(others)
          assert.deepStrictEqual(recordsOf(output!.frame, short!.schema!), [
            { key: "f3", value: { id: "f3", stars: 30 } },
            { key: "f4", value: { id: "f4", stars: 40 } },
            { key: "f5", value: { id: "f5", stars: 50 } },
            { key: "f6", value: { id: "f6", stars: 60 } }
          ])
        })
      )
    )
  })

  it("gives records the key that the next node asks for", async () => {
    await withPool(
      Effect.scoped(
        Effect.gen(function* () {
          const plan = yield* inSandbox
          const [topic] = plan.topics.filter(
            ({ internal, producer }) => internal && producer?.node === "again"
          )
          assert.strictEqual(topic?.name, "films.again.by.director")
          const result = yield* runChain(plan, "more")
          assert.deepStrictEqual(
            recordsOf(result.outputs[0]!.frame, topic!.schema!).map(({ key }) => key),
            ["d0", "d2", "d0"]
          )
          const counts = yield* openChain(plan, "counts")
          const counted = yield* callRecords(counts, topic!.name, result.outputs[0]!.frame)
          const schema = plan.topics.find((one) => one.name === "studio.counts")?.schema
          assert.deepStrictEqual(recordsOf(counted.outputs[0]!.frame, schema!), [
            { key: "d0", value: { director: "d0", films: 1 } },
            { key: "d2", value: { director: "d2", films: 1 } },
            { key: "d0", value: { director: "d0", films: 2 } }
          ])
        })
      )
    )
  })
})
