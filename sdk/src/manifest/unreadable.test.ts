import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/parse/parse.ts"
import type { PluginManifest } from "./manifest.ts"
import { resolveNode } from "./resolve-node.ts"

const status = { type: "enum", name: "Status", symbols: ["OPEN", "SOLD"] }
const schema = parseAvroOrThrow({
  type: "record",
  name: "Bid",
  fields: [
    { name: "price", type: "int" },
    { name: "status", type: ["null", status] }
  ]
})
if (schema.kind !== "record") throw new Error("a record is needed")
const stream = { schema, key: [] }

type InputContract = PluginManifest["inputs"][number]["contract"]

const unreadable = (contract: InputContract): readonly string[] | undefined => {
  const plugin: PluginManifest = {
    name: "p",
    kind: "processor",
    config: {},
    expressions: [],
    inputs: [{ name: "input", many: false, contract }],
    outputs: [{ name: "output", contract: { form: "same" } }],
    bodies: [],
    keyBy: [],
    state: [],
    tables: [],
    permissions: [],
    timers: false
  }
  const resolved = resolveNode({ plugin, config: {}, inputs: { input: stream }, tables: {} })
  return "ok" in resolved ? resolved.ok.inputs["input"]?.unreadable : undefined
}

const open = (...fields: readonly (readonly [name: string, schema: unknown])[]): InputContract => ({
  form: "open",
  reads: fields.map(([as, type]) => ({ as, from: { field: as }, schema: type }))
})

describe("a field that can be read in part", () => {
  it("is told with what cannot be read of it", () => {
    const told = unreadable(open(["status", ["null", "string"]]))
    assert.lengthOf(told ?? [], 1)
    assert.match(told?.[0] ?? "", /^status: .*Status/)
  })

  it("is none where all can", () => {
    assert.deepStrictEqual(unreadable(open(["status", ["null", status]], ["price", "long"])), [])
  })

  it("is told of a closed contract too", () => {
    const reader = { type: "record", name: "Bid", fields: [{ name: "status", type: ["null", "string"] }] }
    const told = unreadable({ form: "closed", subject: "bids", key: [], schema: reader })
    assert.match(told?.join() ?? "", /^status: .*Status/)
  })
})
