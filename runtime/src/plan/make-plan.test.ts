import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { explain, type Plan, planFromJson, planToJson } from "./index.ts"
import { planned } from "./testing/plan-fixture.ts"

const source = `movies: { source: "@millrace/files@^1", with: { path: data/movies.json } }`
const sink = (from: string, name = "out") =>
  `${name}: { sink: "@millrace/files@^1", from: ${from}, with: { path: ${name} } }`
const filter = (from: string, name = "rated") =>
  `${name}: { use: "@millrace/filter@^1", from: ${from}, with: { where: rating > 7 } }`
const counts = (from: string, name = "counts") =>
  `${name}: { use: "@millrace/counts#per-director", from: ${from} }`
const pipeline = (name: string, ...nodes: readonly string[]) =>
  `pipeline: ${name}\nnodes:\n${nodes.map((node) => `  ${node}\n`).join("")}`

/** The chains and topics of a plan as text, without the topic of dead letters, that every plan has. */
const layout = (plan: Plan): readonly string[] =>
  explain(plan).filter((line) => !/dead-letters|^$|^\d+ topics?$/.test(line))

/** What a reader of a node's only output is planned with. */
const schemaOf = (plan: Plan, node: string): string =>
  Object.values(plan.nodes.find(({ name }) => name === node)?.outputs ?? {})[0]?.schema ?? ""

const studio = planned(
  pipeline("studio", source.replace("} }", "}, stream: studio.movies }"), filter("movies", "f"), sink("f"))
)

describe("a plan", () => {
  it("fuses a line of nodes into one chain without topics", () => {
    const plan = planned(pipeline("line", source, filter("movies"), sink("rated")))
    assert.deepStrictEqual(layout(plan), [
      "chain movies: a task per partition of the source",
      "  movies in the sandbox of @millrace",
      "  rated -> out in the sandbox of @millrace"
    ])
    assert.deepStrictEqual(plan.physical.topics, [
      { name: "line.dead-letters", partitions: 1, internal: true }
    ])
    const [chain] = plan.physical.chains
    assert.deepStrictEqual(chain?.sink, {
      node: "out",
      transactional: true,
      maxRecords: 1_000,
      maxDelayMs: 500
    })
  })

  it("cuts a chain into segments after a source and by trust domain", () => {
    const euros = `euros: { use: ./in-euros.ts, from: rated }`
    const plan = planned(
      pipeline("domains", source, filter("movies"), euros, filter("euros", "again"), sink("again"))
    )
    assert.deepStrictEqual(layout(plan), [
      "chain movies: a task per partition of the source",
      "  movies in the sandbox of @millrace",
      "  rated in the sandbox of @millrace",
      "  euros in the sandbox of path:/project",
      "  again -> out in the sandbox of @millrace"
    ])
  })

  it("runs neighbours that filter record by record, and stores how", () => {
    const plan = planned(pipeline("pass", source, filter("movies"), filter("rated", "f"), sink("f")))
    assert.deepStrictEqual(layout(plan).slice(2), [
      "  rated -> f -> out in the sandbox of @millrace",
      "    in one pass: rated -> f"
    ])
    const stored = Effect.runSync(planFromJson(planToJson(plan)))
    assert.deepStrictEqual(stored.physical.chains, plan.physical.chains)
    assert.strictEqual(plan.physical.chains[0]?.segments[1]?.passes?.[0]?.steps.length, 2)
  })

  it("puts a topic where a stream is named", () => {
    assert.deepStrictEqual(layout(studio), [
      "  stream studio.movies (8 partitions, by id): named studio.movies",
      "chain movies: a task per partition of the source",
      "  movies in the sandbox of @millrace",
      "  writes studio.movies",
      "chain f: 8 tasks, reads studio.movies",
      "  f -> out in the sandbox of @millrace"
    ])
  })

  it("puts a topic where two sinks read one node", () => {
    const plan = planned(pipeline("two", source, filter("movies"), sink("rated", "a"), sink("rated", "b")))
    assert.deepStrictEqual(layout(plan), [
      "  topic two.rated (8 partitions, by id): read by a and b",
      "chain movies: a task per partition of the source",
      "  movies in the sandbox of @millrace",
      "  rated in the sandbox of @millrace",
      "  writes two.rated",
      "chain a: 8 tasks, reads two.rated",
      "  a in the sandbox of @millrace",
      "chain b: 8 tasks, reads two.rated",
      "  b in the sandbox of @millrace"
    ])
    assert.deepStrictEqual(plan.physical.chains[1]?.inputs, [
      { topic: "two.rated", input: "input", producers: ["two/movies"], schema: schemaOf(plan, "rated") }
    ])
  })

  it("repartitions for a keyed node, and lets the guest make the key", () => {
    const plan = planned(pipeline("keyed", source, counts("movies"), sink("counts")))
    assert.deepStrictEqual(layout(plan), [
      "  topic keyed.movies.by.director (8 partitions, by director): repartitioned by director for counts",
      "chain movies: a task per partition of the source",
      "  movies in the sandbox of @millrace",
      "  writes keyed.movies.by.director",
      "chain counts: 8 tasks, reads keyed.movies.by.director",
      "  counts -> out in the sandbox of @millrace"
    ])
    const [first] = plan.physical.chains
    assert.strictEqual(first?.outputs[0]?.key, undefined)
    assert.match(first?.segments[0]?.nodes[0]?.spec.outputs[0]?.key ?? "", /key\(/)
  })

  it("writes a stream and a repartition of it at once, the second with its own key", () => {
    const named = source.replace("} }", "}, stream: studio.movies }")
    const plan = planned(pipeline("both", named, counts("movies")))
    assert.deepStrictEqual(
      plan.physical.chains[0]?.outputs.map(({ topic, key }) => [topic, key !== undefined]),
      [
        ["studio.movies", false],
        ["both.movies.by.director", true]
      ]
    )
  })

  it("repartitions another pipeline's stream in a chain without nodes", () => {
    const plan = planned(pipeline("second", counts("{ stream: studio.movies }"), sink("counts")), [studio])
    assert.deepStrictEqual(layout(plan), [
      "  topic second.counts.in.input.by.director (8 partitions, by director): repartitioned by director for counts",
      "chain counts.in.input.by.director: 8 tasks, reads studio.movies",
      "  only repartitions",
      "  writes second.counts.in.input.by.director, by director",
      "chain counts: 8 tasks, reads second.counts.in.input.by.director",
      "  counts -> out in the sandbox of @millrace"
    ])
    assert.deepStrictEqual(plan.physical.chains[0]?.inputs[0]?.producers, ["studio/movies"])
    assert.deepStrictEqual(plan.physical.chains[1]?.inputs[0]?.producers, [
      "second/counts.in.input.by.director"
    ])
  })

  it("reads another pipeline's stream as it is where its key will do", () => {
    const plan = planned(pipeline("second", filter("{ stream: studio.movies }"), sink("rated")), [studio])
    assert.deepStrictEqual(layout(plan), [
      "chain rated: 8 tasks, reads studio.movies",
      "  rated -> out in the sandbox of @millrace"
    ])
  })

  it("fuses a keyed node where the partitions go by its key already", () => {
    const dedupe = `dedupe: { use: "@millrace/counts#dedupe", from: rated, with: { by: id } }`
    const nodes = [filter("{ stream: studio.movies }"), dedupe, sink("dedupe")]
    assert.deepStrictEqual(layout(planned(pipeline("second", ...nodes), [studio])), [
      "chain rated: 8 tasks, reads studio.movies",
      "  rated in the sandbox of @millrace",
      "  dedupe -> out in the sandbox of @millrace"
    ])
  })

  it("does not fuse two nodes with state, nor one whose records have a new key", () => {
    const dedupe = (from: string, name: string, by: string) =>
      `${name}: { use: "@millrace/counts#dedupe", from: ${from}, with: { by: ${by} } }`
    const plan = planned(
      pipeline(
        "second",
        dedupe("{ stream: studio.movies }", "a", "id"),
        dedupe("a", "b", "id"),
        counts("b"),
        filterCounts
      ),
      [studio]
    )
    assert.deepStrictEqual(
      plan.topics.map(({ name, why }) => [name, why]),
      [
        ["second.a", "b has state, and a node before it has too"],
        ["second.b.by.director", "repartitioned by director for counts"],
        ["second.dead-letters", "records that failed"]
      ]
    )
  })
  const filterCounts = `many: { use: "@millrace/filter@^1", from: counts, with: { where: movies > 1 } }`

  it("reads a union from all its streams", () => {
    const other = `more: { source: "@millrace/endless@^1" }`
    const plan = planned(
      pipeline("u", source, other, `all: { use: "@millrace/union", from: [movies, more] }`, sink("all"))
    )
    assert.deepStrictEqual(plan.physical.chains[2]?.inputs, [
      { topic: "u.movies", input: "input", producers: ["u/movies"], schema: schemaOf(plan, "movies") },
      { topic: "u.more", input: "input", producers: ["u/more"], schema: schemaOf(plan, "movies") }
    ])
    assert.deepStrictEqual(
      plan.nodes.map(({ name, bounded }) => [name, bounded]),
      [
        ["more", false],
        ["movies", true],
        ["all", false],
        ["out", false]
      ]
    )
  })

  it("brings inputs to one partition count", () => {
    const narrow = source.replace("} }", "}, partitions: 2 }")
    const other = `more: { source: "@millrace/endless@^1" }`
    const plan = planned(
      pipeline(
        "j",
        narrow,
        other,
        `both: { use: "@acme/join", from: { left: more, right: movies } }`,
        sink("both")
      )
    )
    assert.deepStrictEqual(
      plan.topics.map(({ name, partitions }) => [name, partitions]),
      [
        ["j.more", 8],
        ["j.movies", 2],
        ["j.both.in.right.of.8", 8],
        ["j.dead-letters", 1]
      ]
    )
    const both = plan.physical.chains.find((chain) => chain.head === "both")
    assert.deepStrictEqual(
      both?.inputs.map(({ topic, input }) => [topic, input]),
      [
        ["j.more", "left"],
        ["j.both.in.right.of.8", "right"]
      ]
    )
    assert.strictEqual(both?.partitions, 8)
  })

  it("feeds lookup tables by their key, and says which end", () => {
    const rates = `rates: { source: "@millrace/rates@^1" }`
    const look = `look: { use: "@millrace/lookup", from: movies, tables: { rates: rates } }`
    const plan = planned(pipeline("t", source, rates, look, sink("look")))
    const chain = plan.physical.chains.find(({ head }) => head === "movies")
    assert.deepStrictEqual(chain?.tables, [
      {
        node: "look",
        handle: "rates",
        topic: "t.rates",
        producers: ["t/rates"],
        bounded: true,
        schema: schemaOf(plan, "rates")
      }
    ])
    assert.deepStrictEqual(
      chain?.segments.map((segment) => segment.nodes.map(({ spec }) => spec.node)),
      [["movies"], ["look", "out"]]
    )
  })

  it("sends each of several outputs to a topic of its own", () => {
    const split = `cut: { use: "@acme/split", from: movies, outputs: { good: { stream: x.good } } }`
    const plan = planned(pipeline("s", source, split, sink("cut.bad")))
    assert.deepStrictEqual(
      plan.topics.map(({ name, why }) => [name, why]),
      [
        ["x.good", "named x.good"],
        ["s.cut.bad", "one of several outputs of cut"],
        ["s.dead-letters", "records that failed"]
      ]
    )
  })

  it("derives schemas and lineage from end to end", () => {
    const project = `short: { use: "@millrace/project", from: euros, with: { keep: [id, stars] } }`
    const plan = planned(
      pipeline("d", source, `euros: { use: ./in-euros.ts, from: movies }`, project, sink("short"))
    )
    const short = plan.nodes.find((node) => node.name === "short")
    assert.deepStrictEqual(short?.outputs["output"]?.origins, { id: ["movies.id"], stars: ["movies.rating"] })
    assert.deepStrictEqual(short?.outputs["output"]?.key, ["id"])
    assert.strictEqual(
      short?.outputs["output"]?.schema,
      `{"type":"record","name":"Movie","fields":[{"name":"id","type":"string"},{"name":"stars","type":["null","int"]}]}`
    )
  })

  it("fills in the config's defaults", () => {
    const plan = planned(
      pipeline("d", source, `short: { use: "@millrace/project", from: movies, with: { keep: [id] } }`)
    )
    assert.strictEqual(plan.nodes[1]?.configJson, `{"keep":["id"],"strict":true}`)
    assert.deepStrictEqual(plan.warnings, [
      "nothing reads short, and it has no stream name: its records are dropped"
    ])
  })

  it("asks for permissions on absolute paths, and knows what was granted", () => {
    const text = pipeline("p", source, sink("movies"))
    const write = { kind: "write" as const, path: "/project/out" }
    const plan = planned(text, [], { grants: [{ node: "out", permission: write }] })
    assert.deepStrictEqual(
      plan.permissions.map(({ node, permission, granted }) => ({ node, permission, granted })),
      [
        { node: "movies", permission: { kind: "read", path: "/project/data/movies.json" }, granted: false },
        { node: "out", permission: write, granted: true }
      ]
    )
    assert.strictEqual(plan.physical.hash, planned(text).physical.hash)
    assert.notStrictEqual(plan.physical.hash, planned(text, [], { baseFolder: "/elsewhere" }).physical.hash)
  })

  it("compacts the named stream, and not what is repartitioned from it", () => {
    const node = (more: string) =>
      `  movies: { source: "@millrace/endless", stream: studio.movies, key: ${more} }\n`
    const reader = `  x: { use: "@millrace/counts#per-director", from: movies }\n`
    const compacted = (more: string) => {
      const plan = planned(`pipeline: studio\nnodes:\n${node(more)}${reader}`)
      return plan.physical.topics.flatMap(({ compact, name }) => (compact === true ? [name] : []))
    }
    assert.deepStrictEqual(compacted("id, compact: true"), ["studio.movies"])
    // A key of several fields is never null.
    assert.deepStrictEqual(compacted("[director, id], compact: true"), ["studio.movies"])
    assert.deepStrictEqual(compacted("id, compact: false"), [])
    const plan = planned(`pipeline: studio\nnodes:\n${node("id, compact: true")}${reader}`)
    assert.isAbove(plan.topics.length, 2)
    assert.include(explain(plan).join("\n"), "by id, keeps the newest of each key)")
  })

  it("keeps the lock's versions until told otherwise", () => {
    const text = pipeline("p", source, sink("movies"))
    const fresh = planned(text)
    assert.strictEqual(fresh.lock.packages["@millrace/files@^1"]?.version, "1.2.0")
    const older = planned(text.replaceAll("^1", "1.0.0"))
    const lock = {
      lock: 1 as const,
      packages: { "@millrace/files@^1": older.lock.packages["@millrace/files@1.0.0"]! }
    }
    assert.strictEqual(planned(text, [], { lock }).lock.packages["@millrace/files@^1"]?.version, "1.0.0")
    assert.strictEqual(
      planned(text, [], { lock, upgrade: true }).lock.packages["@millrace/files@^1"]?.version,
      "1.2.0"
    )
  })

  it("compiles expressions and views for the sandbox", () => {
    const plan = planned(pipeline("line", source, filter("movies"), sink("rated")))
    const spec = plan.physical.chains[0]?.segments[1]?.nodes[0]?.spec
    assert.deepStrictEqual(Object.keys(spec?.expressions ?? {}), ["/where"])
    assert.match(spec?.views["input"] ?? "", /read\(/)
    assert.strictEqual(spec?.outputs[0]?.schemaHash.length, 32)
    assert.strictEqual(spec?.outputs[0]?.writer, undefined)
    assert.strictEqual(plan.physical.schemas.length, 1)
  })
})
