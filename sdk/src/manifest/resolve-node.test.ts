import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/parse/parse.ts"
import type { RecordType } from "../avro/type.ts"
import type { PluginManifest } from "./manifest.ts"
import type { NodeRequest, NodeStream, ResolvedNode } from "./node-resolution.ts"
import { deriveRequest, needsDerive, resolveNode } from "./resolve-node.ts"

const record = (json: object): RecordType => {
  const type = parseAvroOrThrow(json)
  if (type.kind !== "record") throw new Error("a record is needed")
  return type
}

const bidJson = {
  type: "record",
  name: "Bid",
  namespace: "nexmark",
  fields: [
    { name: "auction", type: "long" },
    { name: "price", type: "int" },
    { name: "channel", type: ["null", "string"], doc: "where" },
    { name: "seller", type: { type: "record", name: "Person", fields: [{ name: "name", type: "string" }] } }
  ]
}
const bids: NodeStream = { schema: record(bidJson), key: ["auction"] }

const plugin = (more: Partial<PluginManifest>): PluginManifest => ({
  name: "p",
  kind: "processor",
  config: {},
  expressions: [],
  inputs: [{ name: "input", many: false, contract: { form: "open", reads: [] } }],
  outputs: [{ name: "output", contract: { form: "same" } }],
  bodies: [],
  keyBy: [],
  state: [],
  tables: [],
  permissions: [],
  timers: false,
  ...more
})

const request = (more: Partial<PluginManifest>, rest: Partial<NodeRequest> = {}): NodeRequest => ({
  plugin: plugin(more),
  config: {},
  inputs: { input: bids },
  tables: {},
  ...rest
})

const ok = (asked: NodeRequest): ResolvedNode => {
  const resolved = resolveNode(asked)
  if ("ok" in resolved) return resolved.ok
  throw new Error(resolved.problems.map(({ message }) => message).join("\n"))
}

const problems = (asked: NodeRequest) => {
  const resolved = resolveNode(asked)
  return "ok" in resolved ? [] : resolved.problems.map(({ code, path }) => `${code} ${path}`)
}

const reads = (...fields: readonly (readonly [as: string, schema: unknown])[]) => [
  {
    name: "input",
    many: false,
    contract: {
      form: "open" as const,
      reads: fields.map(([as, schema]) => ({ as, from: { field: as }, schema }))
    }
  }
]
const open = (more: {
  readonly adds?: readonly (readonly [string, unknown])[]
  readonly updates?: readonly string[]
  readonly drops?: readonly string[]
}) => [
  {
    name: "output",
    contract: {
      form: "open" as const,
      adds: (more.adds ?? []).map(([as, schema]) => ({ as, field: { field: as }, schema })),
      updates: more.updates ?? [],
      drops: (more.drops ?? []).map((field) => ({ field }))
    }
  }
]

describe("a filter", () => {
  it("passes bytes on, key and lineage with them", () => {
    const { outputs, inputs } = ok(request({}))
    assert.deepEqual(outputs["output"]?.form, "same")
    assert.deepEqual(outputs["output"]?.key, ["auction"])
    assert.deepEqual(outputs["output"]?.lineage["price"], ["input.price"])
    assert.deepEqual(inputs["input"]?.view.output, "same")
    assert.deepEqual(inputs["input"]?.view.reads, { form: "fields", fields: [] })
  })

  it("reads the fields of its expressions, and no others", () => {
    const where = { pointer: "/where", input: "input", type: "boolean" }
    const { inputs, expressions } = ok(
      request({ expressions: [where] }, { config: { where: "price > 3 AND channel IS NOT NULL" } })
    )
    const view = inputs["input"]?.view.reads
    assert.deepEqual(view?.form === "fields" ? view.fields.map(({ as, field }) => [as, field]) : [], [
      ["price", "price"],
      ["channel", "channel"]
    ])
    assert.deepEqual(Object.keys(expressions), ["/where"])
  })

  it("is told where its expression is wrong", () => {
    const where = { pointer: "/where", input: "input", type: "boolean" }
    const at = (text: unknown) => {
      const resolved = resolveNode(request({ expressions: [where] }, { config: { where: text } }))
      return "ok" in resolved
        ? []
        : resolved.problems.map(({ code, path, span }) => [code, path, span?.start])
    }
    assert.deepEqual(at("price >"), [["EXPRESSION_SYNTAX", "config/where", 7]])
    assert.deepEqual(at("1 = 1 AND prize > 3"), [["UNKNOWN_FIELD", "config/where", 10]])
    assert.deepEqual(at("price"), [["EXPRESSION_TYPE", "config/where", 0]])
    assert.deepEqual(at(7), [["CONFIG_INVALID", "config/where", undefined]])
  })
})

describe("an open contract", () => {
  it("copies what it does not touch, retypes what it updates, and appends what it adds", () => {
    const { inputs, outputs } = ok(
      request({
        inputs: reads(["price", "double"]),
        outputs: open({ adds: [["priceEur", ["null", "double"]]], updates: ["price"], drops: ["seller"] })
      })
    )
    const output = outputs["output"]
    assert.deepEqual(
      output?.schema.fields.map(({ name, type }) => [name, type.kind]),
      [
        ["auction", "long"],
        ["price", "double"],
        ["channel", "union"],
        ["priceEur", "union"]
      ]
    )
    const view = inputs["input"]?.view.output
    assert.deepEqual(typeof view === "object" ? view.copies : view, {
      auction: "auction",
      channel: "channel"
    })
    assert.deepEqual(output?.lineage, {
      auction: ["input.auction"],
      channel: ["input.channel"],
      price: ["input.price"],
      priceEur: ["input.price"]
    })
    assert.deepEqual([output?.key, output?.rekey], [["auction"], false])
  })

  it("does not know its key any more when it changes a field of it", () => {
    const { outputs } = ok(
      request({ inputs: reads(["auction", "long"]), outputs: open({ updates: ["auction"] }) })
    )
    assert.deepEqual([outputs["output"]?.key, outputs["output"]?.rekey], [[], false])
  })

  it("takes names from the config, for reading, adding, dropping and the key", () => {
    const bound = (pointer: string) => ({ config: pointer })
    const asked = request(
      {
        inputs: [
          {
            name: "input",
            many: false,
            contract: { form: "open", reads: [{ as: "amount", from: bound("/amount"), schema: "double" }] }
          }
        ],
        outputs: [
          {
            name: "output",
            contract: {
              form: "open",
              adds: [{ as: "result", field: bound("/to"), schema: "double" }],
              updates: [],
              drops: [bound("/drop")]
            }
          }
        ],
        keyBy: [{ input: "input", fields: [bound("/by")] }]
      },
      { config: { amount: "price", to: "total", drop: "seller", by: ["channel", "auction"] } }
    )
    const { inputs, outputs } = ok(asked)
    assert.deepEqual(inputs["input"]?.keyBy, ["channel", "auction"])
    assert.deepEqual(outputs["output"]?.schema.fields.at(-1)?.name, "total")
    const view = inputs["input"]?.view.output
    assert.deepEqual(typeof view === "object" ? view.from : view, { total: "result" })
    assert.deepEqual(
      problems({ ...asked, config: { amount: "prize", to: "auction", by: [7] } }),
      ["UNKNOWN_FIELD config/amount"].concat("KEY_MISSING config/by")
    )
    const oneGroup = ok({ ...asked, config: { amount: "price", to: "total", drop: "seller", by: [] } })
    assert.deepEqual(oneGroup.inputs["input"]?.keyBy, [])
    assert.deepEqual(
      problems({ ...asked, config: { amount: "price", to: "channel", drop: "nobody", by: "price" } }),
      ["UNKNOWN_FIELD config/drop", "FIELD_EXISTS config/to"]
    )
  })

  it("tells every field that is missing or of another type, with the nearest name", () => {
    const asked = request({
      inputs: reads(["prise", "double"], ["channel", "double"], ["auction", "long"]),
      outputs: open({})
    })
    assert.deepEqual(problems(asked), ["UNKNOWN_FIELD input/input", "SCHEMA_MISMATCH input/input"])
    const resolved = resolveNode(asked)
    assert.match("ok" in resolved ? "" : (resolved.problems[0]?.message ?? ""), /"prise".*price/)
  })

  it("reads a nested record by its fields, whatever it is called", () => {
    const person = { type: "record", name: "seller", fields: [{ name: "name", type: "string" }] }
    const { inputs } = ok(request({ inputs: reads(["seller", person]), outputs: open({}) }))
    const fields = inputs["input"]?.reader.fields ?? []
    assert.deepEqual(fields[0]?.type.kind, "record")
  })

  it("refuses two types of one name in one record", () => {
    const other = { type: "record", name: "nexmark.Person", fields: [{ name: "age", type: "int" }] }
    assert.deepEqual(problems(request({ inputs: reads(), outputs: open({ adds: [["by", other]] }) })), [
      "SCHEMA_INVALID output/output"
    ])
  })
})

describe("a closed contract", () => {
  const contract = (fields: readonly unknown[]) => ({
    form: "closed" as const,
    subject: "shop.offers",
    key: ["price"],
    schema: { type: "record", name: "shop.offers", fields }
  })

  it("reads any stream that has its fields, and writes its own schema under its own key", () => {
    const offer = contract([{ name: "price", type: "double" }])
    const { inputs, outputs } = ok(
      request({
        inputs: [{ name: "input", many: false, contract: offer }],
        outputs: [{ name: "output", contract: offer }]
      })
    )
    assert.deepEqual(inputs["input"]?.view.output, "none")
    const output = outputs["output"]
    assert.deepEqual(
      [output?.form, output?.key, output?.rekey, output?.subject],
      ["writer", ["price"], true, "shop.offers"]
    )
    assert.deepEqual(output?.lineage, { price: ["input.price"] })
  })

  it("tells each field that the stream lacks", () => {
    const offer = contract([
      { name: "price", type: "string" },
      { name: "url", type: "string" }
    ])
    const asked = request({ inputs: [{ name: "input", many: false, contract: offer }] })
    assert.deepEqual(problems(asked), ["SCHEMA_MISMATCH input/input", "SCHEMA_MISMATCH input/input"])
  })
})

describe("a derived contract", () => {
  const derivedPlugin = {
    inputs: [{ name: "input", many: false, contract: { form: "derived" as const } }],
    outputs: [{ name: "output", contract: { form: "derived" as const } }],
    expressions: [{ pointer: "/fields/*", input: "input", type: "any" }]
  }

  it("is asked with what its expressions give", () => {
    const asked = request(derivedPlugin, { config: { fields: { a: "price + 1", b: "channel" } } })
    assert.isTrue(needsDerive(asked.plugin))
    const derive = deriveRequest(asked)
    assert.isTrue("ok" in derive)
    assert.deepEqual("ok" in derive ? derive.ok.expressions : {}, {
      "/fields/a": { schema: "int", fields: ["price"] },
      "/fields/b": { schema: ["null", "string"], fields: ["channel"], column: "channel" }
    })
  })

  it("keeps a key whose fields it copies, under their new names", () => {
    const { inputs, outputs } = ok(
      request(derivedPlugin, {
        config: { fields: {} },
        derived: {
          reads: { input: ["price"] },
          output: {
            type: "record",
            name: "Out",
            fields: [
              { name: "id", type: "long" },
              { name: "double", type: "int" }
            ]
          },
          copies: { id: "auction" },
          lineage: { double: ["price"] }
        }
      })
    )
    assert.deepEqual([outputs["output"]?.key, outputs["output"]?.rekey], [["id"], false])
    assert.deepEqual(outputs["output"]?.lineage, { id: ["input.auction"], double: ["input.price"] })
    assert.deepEqual(
      inputs["input"]?.reader.fields.map(({ name }) => name),
      ["price"]
    )
  })

  it("is refused when it answers what does not fit", () => {
    const answer = (derived: NonNullable<NodeRequest["derived"]>) =>
      problems(request(derivedPlugin, { config: { fields: {} }, derived }))
    const out = (type: string) => ({ type: "record", name: "Out", fields: [{ name: "id", type }] })
    assert.deepEqual(answer({ output: out("string"), copies: { id: "auction" } }), [
      "DERIVE_INVALID output/output"
    ])
    assert.deepEqual(answer({ output: out("nobody") }), ["SCHEMA_INVALID output/output"])
    assert.deepEqual(answer({ output: out("long"), reads: { input: ["nobody"] } }), [
      "UNKNOWN_FIELD input/input"
    ])
    assert.deepEqual(answer({ output: out("long"), key: ["nobody"] }), ["UNKNOWN_FIELD output/output"])
    assert.deepEqual(problems(request(derivedPlugin, { config: {} })), ["DERIVE_INVALID output/output"])
  })
})

describe("a node's surroundings", () => {
  const rates: NodeStream = {
    schema: record({
      type: "record",
      name: "Rate",
      fields: [
        { name: "currency", type: "string" },
        { name: "rate", type: "double" }
      ]
    }),
    key: ["currency"]
  }
  const table = {
    name: "rates",
    contract: {
      form: "closed" as const,
      subject: "fx.rates",
      key: ["currency"],
      schema: { type: "record", name: "fx.rates", fields: [{ name: "rate", type: "double" }] }
    }
  }

  it("has lookup tables that are keyed as the contract says", () => {
    const { tables } = ok(request({ tables: [table] }, { tables: { rates } }))
    assert.deepEqual(
      tables["rates"]?.keyTypes.map(({ kind }) => kind),
      ["string"]
    )
    assert.deepEqual(problems(request({ tables: [table] })), ["TABLE_MISSING table/rates"])
    assert.deepEqual(problems(request({ tables: [table] }, { tables: { rates: { ...rates, key: [] } } })), [
      "KEY_MISSING table/rates"
    ])
  })

  it("has permissions in which the config's values stand", () => {
    const permissions = [
      { handle: "input", permission: { kind: "read" as const, path: { config: "/path" } } }
    ]
    assert.deepEqual(ok(request({ permissions }, { config: { path: "data" } })).permissions, [
      { handle: "input", permission: { kind: "read", path: "data" } }
    ])
    assert.deepEqual(problems(request({ permissions })), ["CONFIG_INVALID config/path"])
    // The config is foreign: an inherited property is no value of it.
    const inherited = [
      { handle: "input", permission: { kind: "read" as const, path: { config: "/constructor/name" } } }
    ]
    assert.deepEqual(problems(request({ permissions: inherited })), [
      "CONFIG_INVALID config/constructor/name"
    ])
  })

  it("tells an input that nothing feeds", () => {
    assert.deepEqual(problems(request({}, { inputs: {} })), ["INPUT_MISSING input/input"])
  })
})
