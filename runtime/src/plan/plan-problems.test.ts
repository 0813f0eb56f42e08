import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { makePlan, type PlanRequest } from "./index.ts"
import { dependenciesWith, planned, problemsOf, requestOf } from "./testing/plan-fixture.ts"

const source = `  m: { source: "@millrace/files@^1", with: { path: p } }`
const withNodes = (...nodes: readonly string[]) =>
  `pipeline: a\nnodes:\n${[source, ...nodes].map((node) => `${node}\n`).join("")}`
const withNode = (node: string) => withNodes(`  n: ${node}`)

const studio = planned(`pipeline: studio
nodes:
  movies: { source: "@millrace/endless", stream: studio.movies, partitions: 4 }
  split: { use: "@acme/split", from: movies }
  x: { use: "@millrace/counts#per-director", from: split.good }
`)

describe("what is wrong with a plan", () => {
  const refused: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "an unknown package",
      withNode(`{ use: "@millrace/fliter@^1", from: m }`),
      ["UNKNOWN_PACKAGE 4:13 nodes.n.use"]
    ],
    [
      "an unknown version",
      withNode(`{ use: "@millrace/filter@^9", from: m }`),
      ["UNKNOWN_VERSION 4:13 nodes.n.use"]
    ],
    [
      "an unknown plugin",
      withNode(`{ use: "@millrace/counts#per-directr", from: m }`),
      ["UNKNOWN_PLUGIN 4:13 nodes.n.use"]
    ],
    [
      "a package with several plugins",
      withNode(`{ use: "@millrace/counts", from: m }`),
      ["UNKNOWN_PLUGIN 4:13 nodes.n.use"]
    ],
    [
      "a plugin of another kind",
      withNode(`{ use: "@millrace/files#files", from: m }`),
      ["WRONG_KIND 4:13 nodes.n.use"]
    ],
    [
      "a package without such a kind",
      withNode(`{ sink: "@millrace/filter", from: m }`),
      ["WRONG_KIND 4:14 nodes.n.sink"]
    ],
    ["a missing module", withNode(`{ use: ./nowhere.ts, from: m }`), ["MODULE_MISSING 4:13 nodes.n.use"]],
    [
      "a module that does not load",
      withNode(`{ use: ./broken.ts, from: m }`),
      ["RESOLVE_FAILED 4:13 nodes.n.use"]
    ],
    [
      "an unknown config key",
      withNode(`{ use: "@millrace/filter", from: m, with: { where: "id = ''", wher: x } }`),
      ["UNKNOWN_CONFIG_KEY 4:68 nodes.n.with.wher"]
    ],
    [
      "a missing config key",
      withNode(`{ use: "@millrace/filter", from: m, with: {} }`),
      ["CONFIG_INVALID 4:42 nodes.n.with.where"]
    ],
    [
      "a config of the wrong type",
      withNode(`{ use: "@millrace/filter", from: m, with: { where: 1 } }`),
      ["CONFIG_INVALID 4:57 nodes.n.with.where"]
    ],
    [
      "a list with a wrong item",
      withNode(`{ use: "@millrace/project", from: m, with: { keep: [id, 1] } }`),
      ["CONFIG_INVALID 4:62 nodes.n.with.keep[1]"]
    ],
    [
      "an expression that does not parse",
      withNode(`{ use: "@millrace/filter", from: m, with: { where: "rating >> 7" } }`),
      ["EXPRESSION_SYNTAX 4:66 nodes.n.with.where"]
    ],
    [
      "an expression of the wrong type",
      withNode(`{ use: "@millrace/filter", from: m, with: { where: "rating + 1" } }`),
      ["EXPRESSION_TYPE 4:58 nodes.n.with.where"]
    ],
    [
      "an expression over an unknown field",
      withNode(`{ use: "@millrace/filter", from: m, with: { where: "id = '' AND raiting > 7" } }`),
      ["UNKNOWN_FIELD 4:70 nodes.n.with.where"]
    ],
    [
      "a field that the input has not",
      withNodes(
        `  n: { use: "@millrace/project", from: m, with: { keep: [id] } }`,
        `  o: { use: ./in-euros.ts, from: n }`
      ),
      ["UNKNOWN_FIELD 5:34 nodes.o.from"]
    ],
    [
      "schemas that do not fit",
      withNode(`{ use: "@acme/prices", from: m }`),
      ["SCHEMA_MISMATCH 4:35 nodes.n.from"]
    ],
    [
      "a union of two schemas",
      withNodes(`  r: { source: "@millrace/rates" }`, `  n: { use: "@millrace/union", from: [m, r] }`),
      ["SCHEMA_MISMATCH 5:42 nodes.n.from[1]"]
    ],
    [
      "two streams for one input",
      withNodes(
        `  q: { source: "@millrace/endless" }`,
        `  n: { use: "@millrace/filter", from: [m, q], with: { where: "id = ''" } }`
      ),
      ["SCHEMA_MISMATCH 5:43 nodes.n.from[1]"]
    ],
    [
      "a derived contract that says no",
      withNode(`{ use: "@millrace/project", from: m, with: { keep: [id, nope] } }`),
      ["DERIVE_FAILED 4:62 nodes.n.with.keep[1]"]
    ],
    [
      "a field that is there already",
      withNodes(`  n: { use: ./in-euros.ts, from: m }`, `  o: { use: ./in-euros.ts, from: n }`),
      ["UNKNOWN_FIELD 5:34 nodes.o.from", "FIELD_EXISTS 5:34 nodes.o.from"]
    ],
    [
      "inputs that are not told apart",
      withNode(`{ use: "@acme/join", from: m }`),
      ["UNKNOWN_INPUT 4:33 nodes.n.from"]
    ],
    [
      "an unknown input",
      withNode(`{ use: "@acme/join", from: { left: m, rihgt: m } }`),
      ["UNKNOWN_INPUT 4:44 nodes.n.from.rihgt"]
    ],
    [
      "an input that nothing feeds",
      withNode(`{ use: "@acme/join", from: { left: m } }`),
      ["INPUT_MISSING 4:27 nodes.n.from.right"]
    ],
    [
      "keys that never meet",
      withNode(`{ use: "@acme/pair", from: { left: m, right: m } }`),
      ["SCHEMA_MISMATCH 4:51 nodes.n.from.right"]
    ],
    [
      "an unknown table",
      withNode(`{ use: "@millrace/lookup", from: m, tables: { rate: m } }`),
      ["UNKNOWN_TABLE 4:52 nodes.n.tables.rate"]
    ],
    [
      "a table that nothing feeds",
      withNode(`{ use: "@millrace/lookup", from: m }`),
      ["TABLE_MISSING 4:3 nodes.n.tables.rates"]
    ],
    [
      "an unknown output",
      withNodes(`  n: { use: "@acme/split", from: m, outputs: { godo: { stream: x } } }`),
      ["UNKNOWN_OUTPUT 4:48 nodes.n.outputs.godo"]
    ],
    [
      "one option for several outputs",
      withNode(`{ use: "@acme/split", from: m, stream: x }`),
      ["UNKNOWN_OUTPUT 4:37 nodes.n.stream"]
    ],
    [
      "an output that is not named",
      withNodes(`  n: { use: "@acme/split", from: m }`, `  o: { sink: "@acme/index", from: n }`),
      ["UNKNOWN_OUTPUT 5:35 nodes.o.from"]
    ],
    [
      "an output of the wrong name",
      withNodes(`  n: { use: "@acme/split", from: m }`, `  o: { sink: "@acme/index", from: n.god }`),
      ["UNKNOWN_OUTPUT 5:35 nodes.o.from"]
    ],
    [
      "a sink that is read",
      withNodes(`  n: { sink: "@acme/index", from: m }`, `  o: { sink: "@acme/index", from: n }`),
      ["UNKNOWN_OUTPUT 5:35 nodes.o.from"]
    ],
    [
      "a key that is no field",
      withNode(`{ source: "@millrace/endless", key: [id, dirctor] }`),
      ["KEY_MISSING 4:47 nodes.n.key[1]"]
    ],
    [
      "a compacted output without a name",
      withNode(`{ source: "@millrace/endless", key: id, compact: true }`),
      ["PIPELINE_INVALID 4:55 nodes.n.compact"]
    ],
    [
      "a compacted stream without a key",
      withNode(
        `{ use: "@acme/split", from: m, outputs: { good: { stream: a.good, key: [], compact: true } } }`
      ),
      ["KEY_MISSING 4:90 nodes.n.outputs.good.compact"]
    ],
    [
      "a compacted stream whose key may be null",
      withNode(`{ source: "@millrace/endless", stream: a.n, key: director, compact: true }`),
      ["KEY_INVALID 4:74 nodes.n.compact"]
    ],
    [
      "a sink that is compacted",
      withNodes(`  n: { sink: "@acme/index", from: m, compact: true }`),
      ["PIPELINE_INVALID 4:38 nodes.n.compact"]
    ],
    [
      "a key from the config that is no field",
      withNode(`{ use: "@millrace/counts#dedupe", from: m, with: { by: dirctor } }`),
      ["UNKNOWN_FIELD 4:61 nodes.n.with.by"]
    ],
    [
      "an unknown stream",
      withNode(`{ sink: "@acme/index", from: { stream: studio.moves } }`),
      ["STREAM_UNKNOWN 4:35 nodes.n.from"]
    ],
    [
      "an internal topic read as a stream",
      withNode(`{ sink: "@acme/index", from: { stream: studio.split.good.by.director } }`),
      ["STREAM_UNKNOWN 4:35 nodes.n.from"]
    ],
    [
      "a stream of another pipeline",
      withNode(`{ source: "@millrace/endless", stream: studio.movies }`),
      ["STREAM_TAKEN 4:45 nodes.n.stream"]
    ],
    [
      "a stream with the name of an own topic",
      withNodes(
        `  n: { use: "@millrace/filter", from: m, with: { where: "id = ''" } }`,
        `  x: { sink: "@acme/index", from: n }`,
        `  y: { sink: "@acme/index", from: n }`,
        `  z: { source: "@millrace/endless", stream: a.n }`
      ),
      ["STREAM_TAKEN 4:6 nodes.n"]
    ],
    [
      "another partition count",
      `pipeline: studio\nnodes:\n  movies: { source: "@millrace/endless", stream: studio.movies, partitions: 5 }\n`,
      ["PARTITIONS_CHANGED 3:50 nodes.movies.stream"]
    ]
  ]
  for (const [name, text, expected] of refused) {
    it(`is told of ${name}`, () => assert.deepStrictEqual(problemsOf(text, [studio]), expected))
  }

  it("is told all at once, in the order of the text", () => {
    const text = withNodes(
      `  n: { use: "@millrace/filter", from: m, with: { where: "rating >" } }`,
      `  o: { use: "@millrace/nothing", from: n }`,
      `  p: { sink: "@millrace/files", from: o, with: { paht: x } }`
    )
    assert.deepStrictEqual(problemsOf(text), [
      "EXPRESSION_SYNTAX 4:66 nodes.n.with.where",
      "UNKNOWN_PACKAGE 5:13 nodes.o.use",
      "CONFIG_INVALID 6:42 nodes.p.with.path",
      "UNKNOWN_CONFIG_KEY 6:50 nodes.p.with.paht"
    ])
  })

  it("comes with a remedy", () => {
    const remedy = (text: string, more: Partial<PlanRequest> = {}) => {
      const made = Effect.runSync(Effect.result(makePlan(requestOf(text, more), dependenciesWith([studio]))))
      return made._tag === "Failure" ? made.failure.problems[0]?.remedy : undefined
    }
    assert.strictEqual(
      remedy(withNode(`{ use: "@millrace/fliter", from: m }`)),
      "Did you mean @millrace/filter?"
    )
    assert.strictEqual(
      remedy(withNode(`{ sink: "@acme/index", from: { stream: studio.moves } }`)),
      "Did you mean studio.movies?"
    )
    assert.strictEqual(
      remedy(withNode(`{ use: "@acme/split", from: m, stream: x }`)),
      "Say it for each: outputs: { good: { stream: … }, bad: { stream: … } }."
    )
    assert.match(
      remedy(withNode(`{ use: "@millrace/filter", from: m, with: { where: "raiting > 7" } }`)) ?? "",
      /rating/
    )
  })

  it("tells a lock that was tampered with", () => {
    const lock = {
      lock: 1 as const,
      packages: { "@millrace/files@^1": { version: "1.0.0", integrity: "sha512-AAAA" } }
    }
    assert.deepStrictEqual(problemsOf(withNodes(), [], { lock }), ["LOCK_MISMATCH 3:16 nodes.m.source"])
  })

  it("does not trust what a guest derives", () => {
    const dependencies = dependenciesWith([])
    const answers = [
      "",
      "null",
      `{"ok":{"reads":7,"output":"same"}}`,
      `{"ok":{"output":{"type":"nothing"}}}`,
      "x".repeat(5_000_000)
    ]
    for (const answer of answers) {
      const hostile = { ...dependencies, derive: () => Effect.succeed(answer) }
      const request = requestOf(withNode(`{ use: "@millrace/project", from: m, with: { keep: [] } }`))
      const made = Effect.runSync(Effect.result(makePlan(request, hostile)))
      assert.include(
        ["DERIVE_INVALID", "SCHEMA_INVALID"],
        made._tag === "Failure" && made.failure.problems[0]?.code
      )
    }
  })
})
