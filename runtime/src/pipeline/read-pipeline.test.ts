import { assert, describe, it } from "vitest"
import { canonicalText, type Pipeline, type Problem, readPipeline } from "./index.ts"

const read = (text: string, vars: { readonly [name: string]: string } = {}) => readPipeline({ text, vars })

const accepted = (text: string, vars: { readonly [name: string]: string } = {}): Pipeline => {
  const result = read(text, vars)
  if (!("ok" in result)) throw new Error(JSON.stringify(result.problems, undefined, 1))
  return result.ok
}

const problems = (text: string, vars: { readonly [name: string]: string } = {}): readonly Problem[] => {
  const result = read(text, vars)
  return "ok" in result ? [] : result.problems
}

/** `CODE line:column path`, one per problem. */
const briefly = (text: string, vars: { readonly [name: string]: string } = {}): readonly string[] =>
  problems(text, vars).map(({ code, line, column, path }) => `${code} ${line}:${column} ${path}`)

const movies = `pipeline: movies
owner: studio-data
vars: { MIN: 7, FOLDER: data }
nodes:
  movies: { source: "@millrace/files@^1", with: { path: "\${FOLDER}/movies.json" }, stream: studio.movies }
  rated:  { use: "@millrace/filter@^1", from: movies, with: { where: "rating >= \${MIN}", min: "\${MIN}" } }
  euros:  { use: "./processors/in-euros.ts", from: rated }
  out:    { sink: "@millrace/files#files@^1", from: euros, with: { path: out/movies }, onError: { retries: 2 } }
`

describe("a pipeline file", () => {
  it("comes down to canonical form", () => {
    assert.deepStrictEqual(accepted(movies).nodes["rated"], {
      kind: "processor",
      plugin: { package: "@millrace/filter", range: "^1" },
      from: [{ node: "movies" }],
      tables: {},
      with: { where: "rating >= 7", min: 7 },
      output: {},
      outputs: {},
      onError: { policy: "dead-letter", retries: 0 }
    })
    assert.deepStrictEqual(accepted(movies).nodes["movies"]?.with, { path: "data/movies.json" })
    assert.deepStrictEqual(accepted(movies).nodes["movies"]?.output, { stream: "studio.movies" })
    assert.deepStrictEqual(accepted(movies).nodes["out"]?.plugin, {
      package: "@millrace/files",
      range: "^1",
      plugin: "files"
    })
    assert.deepStrictEqual(accepted(movies).nodes["out"]?.onError, { policy: "dead-letter", retries: 2 })
  })

  it("says of alert rules what differs, durations in milliseconds", () => {
    const alerts = "alerts: { late-data: off, lagging: { threshold: 300, for: 10m, severity: critical } }"
    assert.deepStrictEqual(accepted(`${movies}${alerts}\n`).alerts, {
      "late-data": "off",
      lagging: { threshold: 300, forMs: 600_000, severity: "critical" }
    })
    assert.notProperty(accepted(movies), "alerts")
  })

  it("keeps when its commits are to be durable, where that is said", () => {
    assert.strictEqual(accepted(`${movies}durability: async\n`).durability, "async")
    assert.notProperty(accepted(movies), "durability")
    assert.deepStrictEqual(
      problems(`${movies}durability: sometimes\n`).map(({ code, path }) => `${code} ${path}`),
      ["PIPELINE_INVALID durability"]
    )
  })

  it("names what is wrong with alerts at its place", () => {
    const rules = ["laging: off", "down: never", "failing: { threshold: -1 }", "stalled: { for: 5 minutes }"]
    const found = problems(`${movies}alerts:\n${rules.map((rule) => `  ${rule}`).join("\n")}\n`)
    assert.deepStrictEqual(
      found.map(({ code, line, path }) => `${code} ${line} ${path}`),
      [
        "UNKNOWN_KEY 10 alerts.laging",
        "PIPELINE_INVALID 11 alerts.down",
        "PIPELINE_INVALID 12 alerts.failing.threshold",
        "PIPELINE_INVALID 13 alerts.stalled.for"
      ]
    )
    assert.include(found[0]?.remedy, "lagging")
  })

  it("has one canonical text for one meaning", () => {
    const other = `
nodes:
  out:
    onError: { retries: 2, policy: dead-letter }
    with: { path: out/movies }
    from: [euros]
    sink: '@millrace/files#files@^1'
  euros: { from: [rated], use: ./processors/in-euros.ts }
  rated:
    with:
      where: >-
        rating
        >= 7
      min: 7
    from: movies
    use: "@millrace/filter@^1"
  movies: { with: { path: data/movies.json }, stream: studio.movies, source: "@millrace/files@^1" }
owner: studio-data
pipeline: movies
`
    assert.strictEqual(canonicalText(accepted(other)), canonicalText(accepted(movies)))
  })

  it("keeps the order of a config's keys, for a plugin may go by it", () => {
    const withKeys = (keys: string) => `pipeline: a\nnodes: { s: { source: p, with: ${keys} } }`
    const left = canonicalText(accepted(withKeys("{ x: 1, y: 2 }")))
    assert.notStrictEqual(left, canonicalText(accepted(withKeys("{ y: 2, x: 1 }"))))
  })

  it("takes inputs by name, outputs by node.output, streams, and lookup tables", () => {
    const text = `pipeline: join
nodes:
  a: { source: s }
  b: { use: r, from: a, outputs: { good: { stream: x.good }, bad: { key: id, partitions: 2 } } }
  c: { use: j, from: { orders: b.good, payments: [b.bad, { stream: other.payments }] }, tables: { rates: { stream: fx.rates } } }
`
    const { nodes } = accepted(text)
    assert.deepStrictEqual(nodes["c"]?.from, {
      orders: [{ node: "b", output: "good" }],
      payments: [{ node: "b", output: "bad" }, { stream: "other.payments" }]
    })
    assert.deepStrictEqual(nodes["c"]?.tables, { rates: { stream: "fx.rates" } })
    assert.deepStrictEqual(nodes["b"]?.outputs, {
      bad: { partitions: 2, key: ["id"] },
      good: { stream: "x.good" }
    })
  })

  it("orders its nodes so that each follows what it reads, through named streams too", () => {
    const result = read(`pipeline: a
nodes:
  a1: { use: p, from: { stream: x.y } }
  b1: { use: p, from: c1, stream: x.y }
  c1: { source: p }
`)
    assert.deepStrictEqual("ok" in result && result.order, ["c1", "b1", "a1"])
  })
})

describe("variables", () => {
  const text = (value: string, vars: string) =>
    `pipeline: a\nvars: ${vars}\nnodes: { s: { source: p, with: { v: ${JSON.stringify(value)} } } }`
  const value = (written: string, vars: string, overlay: { readonly [name: string]: string } = {}) =>
    accepted(text(written, vars), overlay).nodes["s"]?.with["v"]

  it("keep their type when they are the whole value", () => {
    assert.strictEqual(value("${N}", "{ N: 1.5 }"), 1.5)
    assert.strictEqual(value("x${N}", "{ N: 1.5 }"), "x1.5")
    assert.strictEqual(value("$${N}", "{ N: 1.5 }"), "${N}")
  })
  it("are overlaid by text, read as the default's type", () => {
    assert.strictEqual(value("${N}", "{ N: 1 }", { N: "2" }), 2)
    assert.strictEqual(value("${N}", "{ N: a }", { N: "2" }), "2")
    assert.strictEqual(value("${N}", "{ N: null }", { N: "true" }), true)
    assert.strictEqual(value("${N}", "{ N: null }", { N: "*a" }), "*a")
  })
  it("must have a value and a declaration", () => {
    assert.deepStrictEqual(briefly(text("a ${N}", "{ N: null }")), ["VARIABLE_MISSING 3:40 nodes.s.with.v"])
    assert.deepStrictEqual(briefly(text("${NAM}", "{ NAME: 1 }")), ["VARIABLE_MISSING 3:38 nodes.s.with.v"])
    assert.include(problems(text("${NAM}", "{ NAME: 1 }"))[0]?.remedy, "Did you mean NAME?")
    assert.deepStrictEqual(briefly(text("1", "{ NAME: 1 }"), { NAM: "1" }), ["UNKNOWN_VARIABLE 2:1 vars"])
  })
  it("cannot multiply a file", () => {
    const long = "x".repeat(60_000)
    assert.deepStrictEqual(briefly(text(`${"${N}".repeat(9)}!`, "{ N: a }"), { N: long }), [
      "PIPELINE_TOO_LARGE 3:37 nodes.s.with.v"
    ])
  })
})

describe("positions within a value", () => {
  const vars = 'vars: { LONG: "a rather long variable" }'
  const flow = (value: string) => `pipeline: a\n${vars}\nnodes: { s: { source: p, with: { v: ${value} } } }\n`
  const block = (value: string) => `pipeline: a\nnodes:\n  s:\n    source: p\n    with:\n      v: ${value}\n`
  const cases: readonly (readonly [name: string, text: string, word: string, written: string])[] = [
    ["plain text", flow("a + bad"), "bad", "bad"],
    ["single quotes", flow("'it''s '''' + bad'"), "bad", "bad"],
    ["double quotes", flow('"\\"\\u0061\\U0001F600\\" + bad"'), "bad", "bad"],
    ["double quotes over lines", flow('"one \\\n      two\n\n    bad"'), "bad", "bad"],
    ["a literal block", block("|\n        one\n          two bad"), "bad", "bad"],
    ["a folded block", block(">-\n        one\n        two bad"), "bad", "bad"],
    ["plain text over lines", block("one\n        two bad"), "bad", "bad"],
    ["what comes after a variable", flow('"${LONG} bad"'), "bad", "bad"],
    ["what comes between variables", flow('"${LONG} bad ${LONG}"'), "bad", "bad"],
    ["a variable", flow('"x ${LONG}"'), "variable", "${LONG}"]
  ]
  for (const [name, text, word, written] of cases) {
    it(`are found in ${name}`, () => {
      const result = read(text)
      if (!("ok" in result)) throw new Error(JSON.stringify(result.problems))
      const value = result.ok.nodes["s"]?.with["v"]
      const offset = typeof value === "string" ? value.indexOf(word) : -1
      assert.isAtLeast(offset, 0)
      const path = ["nodes", "s", "with", "v"]
      const { line, column } = result.source.problem({
        code: "EXPRESSION_TYPE",
        message: "",
        path,
        offset,
        remedy: ""
      })
      const before = text.slice(0, text.indexOf(written)).split("\n")
      assert.deepStrictEqual([line, column], [before.length, before.at(-1)!.length + 1])
    })
  }
})

describe("what is wrong with a pipeline file", () => {
  const refused: readonly (readonly [string, string, readonly string[]])[] = [
    ["broken YAML", "pipeline: a\nnodes:\n  x: [\n", ["PIPELINE_SYNTAX 4:1 "]],
    ["an empty file", "", ["PIPELINE_INVALID 1:1 "]],
    ["a list", "- a", ["PIPELINE_INVALID 1:1 "]],
    ["two documents", "pipeline: a\n---\npipeline: b\n", ["PIPELINE_SYNTAX 2:1 "]],
    ["a directive", "%YAML 1.1\n---\npipeline: a\n", ["PIPELINE_SYNTAX 1:1 "]],
    ["a tag", "pipeline: !!js/function a\nnodes: {}\n", ["PIPELINE_SYNTAX 1:11 "]],
    ["an unknown anchor", "pipeline: *a\nnodes: {}\n", ["PIPELINE_SYNTAX 1:11 pipeline"]],
    ["a name that poisons objects", "pipeline: a\n__proto__: {}\nnodes: {}\n", ["PIPELINE_SYNTAX 2:1 "]],
    ["a key that is no text", "pipeline: a\n? [a]\n: b\nnodes: {}\n", ["PIPELINE_SYNTAX 1:1 "]],
    [
      "a number that is not exact",
      "pipeline: a\nnodes: { s: { source: p, with: { v: 99999999999999999999 } } }",
      ["PIPELINE_SYNTAX 2:37 nodes.s.with.v"]
    ],
    [
      "not a number",
      "pipeline: a\nnodes: { s: { source: p, with: { v: .nan } } }",
      ["PIPELINE_SYNTAX 2:37 nodes.s.with.v"]
    ],
    [
      "two nodes of one name",
      "pipeline: a\nnodes:\n  s: { source: p }\n  s: { source: p }\n",
      ["DUPLICATE_NAME 4:3 nodes.s"]
    ],
    [
      "two keys of one name",
      "pipeline: a\nnodes:\n  s: { source: p, source: q }\n",
      ["DUPLICATE_NAME 3:19 nodes.s.source"]
    ],
    [
      "one stream name twice",
      "pipeline: a\nnodes:\n  s: { source: p, stream: x }\n  t: { source: p, stream: x }\n",
      ["DUPLICATE_NAME 4:27 nodes.t.stream"]
    ],
    ["no nodes", "pipeline: a\nnodes: {}\n", ["PIPELINE_INVALID 2:8 nodes"]],
    ["no name", "nodes: { s: { source: p } }\n", ["PIPELINE_INVALID 1:1 pipeline"]],
    [
      "a bad pipeline name",
      "pipeline: A.b\nnodes: { s: { source: p } }\n",
      ["PIPELINE_INVALID 1:11 pipeline"]
    ],
    ["a bad node name", "pipeline: a\nnodes: { s.t: { source: p } }\n", ['NAME_INVALID 2:10 nodes["s.t"]']],
    [
      "a reserved node name",
      "pipeline: a\nnodes: { dead-letters: { source: p } }\n",
      ["NAME_INVALID 2:10 nodes.dead-letters"]
    ],
    [
      "an unknown key",
      "pipeline: a\nnodes: { s: { source: p, wiht: {} } }\n",
      ["UNKNOWN_KEY 2:26 nodes.s.wiht"]
    ],
    [
      "a wrong type",
      "pipeline: a\nnodes: { s: { source: p, partitions: many } }\n",
      ["PIPELINE_INVALID 2:38 nodes.s.partitions"]
    ],
    [
      "a wrong policy",
      "pipeline: a\nnodes: { s: { source: p, onError: ignore } }\n",
      ["PIPELINE_INVALID 2:35 nodes.s.onError"]
    ],
    ["no plugin", "pipeline: a\nnodes: { s: { with: {} } }\n", ["PIPELINE_INVALID 2:13 nodes.s"]],
    ["two plugins", "pipeline: a\nnodes: { s: { source: p, sink: p } }\n", ["PIPELINE_INVALID 2:13 nodes.s"]],
    [
      "a bad range",
      "pipeline: a\nnodes: { s: { source: p@^x1 } }\n",
      ["PIPELINE_INVALID 2:23 nodes.s.source"]
    ],
    [
      "a bad package",
      "pipeline: a\nnodes: { s: { source: '@/p' } }\n",
      ["PIPELINE_INVALID 2:23 nodes.s.source"]
    ],
    [
      "a source that reads",
      "pipeline: a\nnodes: { s: { source: p, from: s } }\n",
      ["PIPELINE_INVALID 2:26 nodes.s.from", "PIPELINE_CYCLE 2:32 nodes.s.from"]
    ],
    [
      "a sink with a stream",
      "pipeline: a\nnodes: { s: { source: p }, t: { sink: p, from: s, stream: x } }\n",
      ["PIPELINE_INVALID 2:51 nodes.t.stream"]
    ],
    ["a missing from", "pipeline: a\nnodes:\n  s: { use: p }\n", ["MISSING_FROM 3:3 nodes.s"]],
    [
      "an unknown node",
      "pipeline: a\nnodes: { movies: { source: p }, t: { sink: p, from: [movie] } }\n",
      ["UNKNOWN_NODE 2:54 nodes.t.from[0]"]
    ],
    [
      "an unknown node as the only one",
      "pipeline: a\nnodes: { movies: { source: p }, t: { sink: p, from: movie } }\n",
      ["UNKNOWN_NODE 2:53 nodes.t.from"]
    ],
    [
      "an unknown table",
      "pipeline: a\nnodes: { s: { source: p }, t: { sink: p, from: s, tables: { r: q } } }\n",
      ["UNKNOWN_NODE 2:64 nodes.t.tables.r"]
    ],
    [
      "one stream read twice",
      "pipeline: a\nnodes: { s: { source: p }, t: { sink: p, from: [s, s] } }\n",
      ["DUPLICATE_NAME 2:52 nodes.t.from[1]"]
    ],
    [
      "options beside outputs",
      "pipeline: a\nnodes: { s: { source: p, stream: x, outputs: { a: {} } } }\n",
      ["PIPELINE_INVALID 2:26 nodes.s.stream"]
    ],
    [
      "two things at once",
      "pipeline: a\nnodes: { s: { use: p, from: q }, t: { sink: p, from: r } }\n",
      ["UNKNOWN_NODE 2:29 nodes.s.from", "UNKNOWN_NODE 2:54 nodes.t.from"]
    ]
  ]
  for (const [name, text, expected] of refused) {
    it(`is told of ${name}`, () => assert.deepStrictEqual(briefly(text), expected))
  }

  it("names a cycle in full, and each once", () => {
    const text = `pipeline: a
nodes:
  s: { source: p }
  c: { use: p, from: [b, s] }
  b: { use: p, from: a }
  a: { use: p, from: c }
  x: { use: p, from: y }
  y: { use: p, from: x }
  after: { sink: p, from: c }
`
    assert.deepStrictEqual(
      problems(text).map((problem) => problem.message),
      ["Records would go round for ever: a -> b -> c -> a", "Records would go round for ever: x -> y -> x"]
    )
  })

  it("suggests what was meant", () => {
    const remedies = problems(
      "pipeline: a\nnodes: { movies: { source: p, steam: q }, t: { sink: p, from: s, onEror: q } }\n"
    )
    assert.deepStrictEqual(
      remedies.map((problem) => problem.remedy),
      ["Did you mean stream?", "Did you mean onError?"]
    )
  })

  it("does not say that a node is unknown when only its plugin is", () => {
    const text = "pipeline: a\nnodes: { s: { source: p@^x1 }, t: { sink: p, from: s } }\n"
    assert.deepStrictEqual(briefly(text), ["PIPELINE_INVALID 2:23 nodes.s.source"])
  })
})

describe("a hostile pipeline file", () => {
  const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\n${Array.from({ length: 9 }, (_, index) => {
    const [name, before] = ["bcdefghij"[index]!, "abcdefghi"[index]!]
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(",")}]`
  }).join("\n")}\n`
  const cases: readonly (readonly [string, string, string])[] = [
    ["an alias bomb", bomb, "PIPELINE_TOO_LARGE"],
    ["an alias of itself", "a: &a [*a]\n", "PIPELINE_TOO_LARGE"],
    ["brackets without end", `a: ${"[".repeat(100_000)}`, "PIPELINE_TOO_LARGE"],
    ["maps without end", "{a: ".repeat(50_000), "PIPELINE_TOO_LARGE"],
    ["lists on one line", "- ".repeat(50_000), "PIPELINE_TOO_LARGE"],
    [
      "deep indentation",
      Array.from({ length: 600 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join(""),
      "PIPELINE_TOO_LARGE"
    ],
    [
      "too many keys",
      Array.from({ length: 30_000 }, (_, index) => `k${index}: 1\n`).join(""),
      "PIPELINE_TOO_LARGE"
    ],
    ["too much text", " ".repeat(600_000), "PIPELINE_TOO_LARGE"]
  ]
  for (const [name, text, code] of cases) {
    it(`is refused for ${name}`, () => assert.strictEqual(problems(text)[0]?.code, code))
  }

  it("is refused for too many nodes", () => {
    const nodes = Array.from({ length: 501 }, (_, index) => `  n${index}: { source: p }`).join("\n")
    assert.deepStrictEqual(briefly(`pipeline: a\nnodes:\n${nodes}\n`), ["PIPELINE_TOO_LARGE 3:3 nodes"])
  })
})
