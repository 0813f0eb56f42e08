import type { PluginManifest } from "@millrace/sdk/manifest"
import { assert, describe, it } from "vitest"
import { type Evidence, findingsOf } from "./findings.ts"

const manifest: PluginManifest = {
  name: "late-orders",
  kind: "processor",
  config: {},
  expressions: [],
  inputs: [],
  outputs: [],
  bodies: [{ input: "input", form: "map", suspends: false }],
  keyBy: [],
  state: [],
  tables: [],
  permissions: [],
  timers: false
}
const even = { codec: 0.25, body: 0.25, hop: 0.3, commit: 0.2 }
const evidence: Evidence = {
  shares: even,
  parts: even,
  failedShare: 0,
  failureCode: undefined,
  bytesIn: 171,
  bytesOut: 171,
  stateBytes: 0,
  recordsPerBatch: 5_000,
  fields: [],
  manifest
}
const twelve = Array.from({ length: 12 }, (_, index) => `field${index}`)
const rulesOf = (changed: Partial<Evidence>) =>
  findingsOf({ ...evidence, ...changed }).map(({ rule }) => rule)

describe("the first thing to change", () => {
  it("is nothing where nothing stands out", () => {
    assert.deepStrictEqual(rulesOf({}), [])
  })

  it("is a closed contract of which the body looks at little", () => {
    const use = {
      input: "input",
      form: "closed",
      read: twelve,
      used: ["field3", "field7"],
      texts: []
    } as const
    const [finding] = findingsOf({ ...evidence, fields: [use] })
    assert.strictEqual(finding?.rule, "reads-more-than-used")
    assert.include(finding?.measured, "reads 12 fields of input, and the body looks at 2: field3, field7")
    assert.deepStrictEqual(rulesOf({ fields: [{ ...use, form: "open" }] }), [])
    assert.deepStrictEqual(rulesOf({ fields: [{ ...use, used: twelve }] }), [])
    assert.deepStrictEqual(rulesOf({ fields: [{ ...use, used: undefined }] }), [])
  })

  it("is texts where the codec dominates and reads many", () => {
    const fields = [
      { input: "input", form: "closed", read: ["a", "b"], used: ["a", "b"], texts: ["a"] } as const
    ]
    const shares = { codec: 0.7, body: 0.1, hop: 0.1, commit: 0.1 }
    const [finding] = findingsOf({ ...evidence, shares, fields })
    assert.strictEqual(finding?.rule, "codec")
    assert.include(finding?.measured, "1 of the 2 fields that it reads are texts")
    const unused = [{ ...fields[0], read: twelve, used: ["field3"] }]
    assert.notInclude(rulesOf({ shares, fields: unused }), "codec", "what nobody looks at is said instead")
  })

  it("is the body, or the state that it keeps, where that dominates", () => {
    const shares = { codec: 0.1, body: 0.7, hop: 0.1, commit: 0.1 }
    assert.deepStrictEqual(rulesOf({ shares }), ["body"])
    const state = [{ name: "seen", kind: "value", schema: "string" } as const]
    assert.deepStrictEqual(rulesOf({ shares, stateBytes: 900, manifest: { ...manifest, state } }), ["state"])
  })

  it("is the size of what goes out, or of batches, where the commit dominates", () => {
    const shares = { codec: 0.1, body: 0.1, hop: 0.2, commit: 0.6 }
    assert.deepStrictEqual(rulesOf({ shares }), [])
    assert.deepStrictEqual(rulesOf({ shares, bytesOut: 900 }), ["output-size"])
    assert.deepStrictEqual(rulesOf({ shares, stateBytes: 900 }), ["state"])
    assert.deepStrictEqual(rulesOf({ shares, recordsPerBatch: 3 }), ["commit"])
  })

  it("is the size of records where the hop dominates and they are small", () => {
    const shares = { codec: 0.1, body: 0.1, hop: 0.7, commit: 0.1 }
    const [large] = findingsOf({ ...evidence, shares })
    const [small] = findingsOf({ ...evidence, shares, bytesIn: 9 })
    assert.include(large?.remedy, "neighbours")
    assert.include(small?.remedy, "a few bytes")
    assert.isAbove(small?.share ?? 0, large?.share ?? 0)
  })

  it("is records that fail, before all else; and the larger share comes first", () => {
    const shares = { codec: 0.1, body: 0.6, hop: 0.0, commit: 0.3 }
    assert.deepStrictEqual(rulesOf({ shares, failedShare: 0.2, failureCode: "Negative", bytesOut: 900 }), [
      "failures",
      "body",
      "output-size"
    ])
  })
})
