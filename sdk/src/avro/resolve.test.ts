import avsc from "avsc"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"

import { type AvroType, parseAvroOrThrow, type Resolution, resolve, schemaText } from "./index.ts"
import type { ResolutionProblem } from "./resolution.ts"
import { evolutionArbitrary, schemaArbitrary } from "./testing/arbitrary.ts"
import type { Json } from "./type.ts"

const plan = (writer: Json, reader: Json): Resolution => {
  const result = resolve(parseAvroOrThrow(writer), parseAvroOrThrow(reader))
  if ("errors" in result) throw new Error(JSON.stringify(result.errors))
  return result.ok
}

const errors = (writer: Json, reader: Json): readonly (readonly [string, string])[] => {
  const result = resolve(parseAvroOrThrow(writer), parseAvroOrThrow(reader))
  return "errors" in result ? pairs(result.errors) : []
}

const partial = (writer: Json, reader: Json): readonly (readonly [string, string])[] => {
  const result = resolve(parseAvroOrThrow(writer), parseAvroOrThrow(reader))
  return "errors" in result ? [] : pairs(result.partial)
}

const pairs = (problems: readonly ResolutionProblem[]) =>
  problems.map(({ kind, path }) => [kind, path] as const)

const record = (...fields: readonly Json[]): Json => ({ type: "record", name: "R", fields })

const kinds = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]

const promotions = new Set([
  "int long",
  "int float",
  "int double",
  "long float",
  "long double",
  "float double",
  "string bytes",
  "bytes string"
])

const pairsOfKinds = kinds.flatMap((writer) => kinds.map((reader) => [writer, reader] as const))

describe("resolve", () => {
  it.each(pairsOfKinds)("reads %s as %s only by identity or a promotion", (writer, reader) => {
    if (writer === reader) assert.strictEqual(plan(writer, reader).action, "primitive")
    else if (promotions.has(`${writer} ${reader}`)) assert.strictEqual(plan(writer, reader).action, "promote")
    else assert.deepStrictEqual(errors(writer, reader), [["TYPE_MISMATCH", ""]])
  })

  it("matches records by unqualified name or by an alias of the reader's, and nothing else", () => {
    const named = (name: string, aliases: readonly string[] = []): Json => ({
      type: "record",
      name,
      aliases,
      fields: []
    })
    assert.strictEqual(plan(named("a.R"), named("b.R")).action, "record")
    assert.strictEqual(plan(named("a.Old"), named("a.R", ["Old"])).action, "record")
    assert.deepStrictEqual(errors(named("R", ["Q"]), named("Q")), [["NAME_MISMATCH", ""]])
  })

  it("takes fields by name in the writer's order, skips the writer's own, fills the reader's own from defaults", () => {
    const inner: Json = { type: "record", name: "I", fields: [{ name: "x", type: "int", default: 4 }] }
    const result = plan(
      record(
        { name: "a", type: "int" },
        { name: "gone", type: { type: "array", items: "string" } },
        { name: "b", type: "string" }
      ),
      record(
        { name: "b", type: "string" },
        { name: "new", type: inner, default: {} },
        { name: "a", type: "long" }
      )
    )
    if (result.action !== "record") throw new Error(result.action)
    const steps = result.steps.map((step) =>
      step.step === "read" ? [step.step, step.readerIndex, step.value.action] : [step.step, step.type.kind]
    )
    assert.deepStrictEqual(steps, [
      ["read", 2, "promote"],
      ["skip", "array"],
      ["read", 0, "primitive"]
    ])
    assert.deepStrictEqual(
      result.defaults.map(({ readerIndex, value }) => [readerIndex, value]),
      [[1, { x: 4 }]]
    )
  })

  it("reports every field that cannot be read, with its path", () => {
    const deep = (type: Json): Json => ({
      type: "map",
      values: { type: "array", items: { type: "record", name: "D", fields: [{ name: "z", type }] } }
    })
    assert.deepStrictEqual(
      errors(
        record({ name: "a", type: "string" }, { name: "b", type: deep("string") }),
        record({ name: "a", type: "int" }, { name: "b", type: deep("int") }, { name: "c", type: "int" })
      ),
      [
        ["TYPE_MISMATCH", "a"],
        ["TYPE_MISMATCH", "b{}[].z"],
        ["READER_FIELD_MISSING_DEFAULT_VALUE", "c"]
      ]
    )
  })

  it("finds a field by an alias, its own name first, and gives a writer's field to one reader's field only", () => {
    const sources = (writer: Json, reader: Json) => {
      const result = plan(writer, reader)
      return result.action === "record"
        ? result.steps.map((step) => (step.step === "read" ? step.readerIndex : -1))
        : []
    }
    const was = (name: string, ...aliases: readonly string[]): Json => ({
      name,
      type: "int",
      aliases,
      default: 0
    })
    assert.deepStrictEqual(sources(record(was("old")), record(was("new", "older", "old"))), [0])
    assert.deepStrictEqual(sources(record(was("a"), was("b")), record(was("b", "a"))), [-1, 0])
    assert.deepStrictEqual(sources(record(was("a")), record(was("x", "a"), was("y", "a"))), [0])
    assert.deepStrictEqual(sources(record(was("a")), record(was("x", "a"), was("a"))), [1])
  })

  it("resolves recursive records once a pair, also through each other", () => {
    const node = (value: Json): Json =>
      record({ name: "value", type: value }, { name: "next", type: ["null", "R"] })
    const result = plan(node("int"), node("double"))
    if (result.action !== "record") throw new Error(result.action)
    const next = result.steps[1]
    const branch =
      next?.step === "read" && next.value.action === "writerUnion" ? next.value.branches[1] : undefined
    assert.strictEqual(branch?.action === "readerUnion" ? branch.value : undefined, result)
    assert.deepStrictEqual(errors(node("string"), node("int")), [["TYPE_MISMATCH", "value"]])
  })

  it("forgets what rested on a pair of records that failed later", () => {
    const tree = (leaf: Json): Json =>
      record(
        {
          name: "choice",
          type: [
            "null",
            {
              type: "record",
              name: "A",
              fields: [
                {
                  name: "b",
                  type: ["null", { type: "record", name: "B", fields: [{ name: "a", type: ["null", "A"] }] }]
                },
                { name: "leaf", type: leaf }
              ]
            }
          ]
        },
        { name: "b", type: ["null", "B"] }
      )
    const result = resolve(parseAvroOrThrow(tree("string")), parseAvroOrThrow(tree("int")))
    if ("errors" in result || result.ok.action !== "record") throw new Error("no plan")
    const actions = new Set<unknown>()
    const walk = (at: Resolution): void => {
      if (actions.has(at)) return
      actions.add(at)
      if (at.action === "record") {
        assert.strictEqual(at.steps.length, at.writer.fields.length)
        for (const step of at.steps) if (step.step === "read") walk(step.value)
      }
      if (at.action === "writerUnion") at.branches.forEach(walk)
      if (at.action === "readerUnion") walk(at.value)
    }
    walk(result.ok)
    assert.isAbove(result.partial.length, 0)
  })

  const symbols = (list: readonly string[], fallback?: string): Json => ({
    type: "enum",
    name: "E",
    symbols: list,
    ...(fallback === undefined ? {} : { default: fallback })
  })

  it("maps symbols by name, unknown ones to the reader's default, else to an error when met", () => {
    const table = (writer: Json, reader: Json) => {
      const result = plan(writer, reader)
      return result.action === "enum" ? result.symbols : []
    }
    assert.deepStrictEqual(table(symbols(["A", "B"]), symbols(["B", "A"])), [1, 0])
    assert.deepStrictEqual(table(symbols(["A", "X"]), symbols(["A", "B"], "B")), [0, 1])
    assert.deepStrictEqual(table(symbols(["A", "X"], "A"), symbols(["A", "B"])), [0, -1])
    assert.deepStrictEqual(partial(symbols(["A", "X"], "A"), symbols(["A", "B"])), [
      ["MISSING_ENUM_SYMBOLS", ""]
    ])
  })

  it("matches a fixed by name and size", () => {
    const fixed = (name: string, size: number): Json => ({ type: "fixed", name, size })
    assert.strictEqual(plan(fixed("a.F", 3), fixed("F", 3)).action, "fixed")
    assert.deepStrictEqual(errors(fixed("F", 3), fixed("F", 4)), [["FIXED_SIZE_MISMATCH", ""]])
    assert.deepStrictEqual(errors(fixed("F", 3), fixed("G", 3)), [["NAME_MISMATCH", ""]])
  })

  const branchOf = (writer: Json, reader: Json): number => {
    const result = plan(writer, reader)
    return result.action === "readerUnion" ? result.branch : -1
  }

  it("takes the branch of the same type before one that needs a promotion, then the first of those", () => {
    assert.strictEqual(branchOf("int", ["null", "double", "int"]), 2)
    assert.strictEqual(branchOf("int", ["string", "double", "long"]), 1)
    assert.strictEqual(branchOf("bytes", ["string", "bytes"]), 1)
    assert.deepStrictEqual(errors("int", ["null", "string"]), [["MISSING_UNION_BRANCH", ""]])
  })

  it("prefers a branch by full name over one by unqualified name", () => {
    const fixed = (name: string): Json => ({ type: "fixed", name, size: 1 })
    assert.strictEqual(branchOf(fixed("b.F"), [fixed("a.F"), fixed("b.F")]), 1)
    assert.strictEqual(branchOf(fixed("c.F"), [fixed("a.F"), fixed("b.F")]), 0)
  })

  it("reads a writer's union as far as its branches go, and not at all when none does", () => {
    const result = plan(["null", "int", "string"], ["null", "long"])
    assert.deepStrictEqual(
      result.action === "writerUnion" && result.branches.map((branch) => branch.action),
      ["readerUnion", "readerUnion", "error"]
    )
    assert.deepStrictEqual(partial(["null", "int", "string"], ["null", "long"]), [
      ["MISSING_UNION_BRANCH", ""]
    ])
    assert.deepStrictEqual(partial(["null", "int"], "int"), [["TYPE_MISMATCH", ""]])
    assert.deepStrictEqual(errors(["null", "int"], "string").length, 2)
  })

  it.each<readonly [string, Json, Json, boolean]>([
    ["none as timestamp-millis", "long", { type: "long", logicalType: "timestamp-millis" }, true],
    ["timestamp-millis as none", { type: "long", logicalType: "timestamp-millis" }, "long", true],
    ["date as long", { type: "int", logicalType: "date" }, "long", true],
    [
      "millis as micros",
      { type: "long", logicalType: "timestamp-millis" },
      { type: "long", logicalType: "timestamp-micros" },
      false
    ],
    [
      "date as timestamp",
      { type: "int", logicalType: "date" },
      { type: "long", logicalType: "timestamp-millis" },
      false
    ],
    ["decimal of more digits", decimal(4, 2), decimal(6, 2), true],
    ["decimal of fewer digits", decimal(6, 2), decimal(4, 2), false],
    ["decimal of another scale", decimal(6, 2), decimal(6, 3), false],
    ["decimal as text", decimal(6, 2), "string", false],
    [
      "an unknown logical type",
      { type: "int", logicalType: "color" },
      { type: "int", logicalType: "date" },
      true
    ]
  ])("compares logical types: %s", (_, writer, reader, fits) => {
    assert.deepStrictEqual(errors(writer, reader), fits ? [] : [["LOGICAL_TYPE_MISMATCH", ""]])
  })

  it("says what cannot be read as what", () => {
    const result = resolve(
      parseAvroOrThrow(record({ name: "a", type: ["null", "string"] })),
      parseAvroOrThrow(record({ name: "a", type: { type: "array", items: "int" } }))
    )
    const messages = "errors" in result ? result.errors.map((problem) => problem.message) : []
    assert.deepStrictEqual(messages, [
      "null cannot be read as array<int>",
      "string cannot be read as array<int>"
    ])
  })

  it("agrees with avsc on which of random schemas can read which", () => {
    const oracle = (type: AvroType) => avsc.Type.forSchema(JSON.parse(schemaText(type)), { wrapUnions: true })
    const evolved = schemaArbitrary({ logical: false }).chain((writer) =>
      fc.tuple(fc.constant(writer), evolutionArbitrary(writer))
    )
    let compared = 0
    fc.assert(
      fc.property(evolved, ([writer, reader]) => {
        const types = attempt(() => [oracle(writer), oracle(reader)] as const)
        // avsc demands a union's default to be of its first branch.
        if (types === undefined) return
        compared++
        const expected =
          attempt(() => types[1].createResolver(types[0], { ignoreNamespaces: true })) !== undefined
        const result = resolve(writer, reader)
        assert.strictEqual("ok" in result && result.partial.length === 0, expected)
      }),
      { numRuns: 500 }
    )
    assert.isAbove(compared, 300)
  })
})

function decimal(precision: number, scale: number): Json {
  return { type: "bytes", logicalType: "decimal", precision, scale }
}

const attempt = <A>(make: () => A): A | undefined => {
  try {
    return make()
  } catch {
    return undefined
  }
}
