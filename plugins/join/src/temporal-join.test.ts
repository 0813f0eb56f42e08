import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const orders = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: "long" },
    { name: "currency", type: ["null", "string"] }
  ]
}
const rates = {
  type: "record",
  name: "bank.Rate",
  fields: [
    { name: "currency", type: "string" },
    { name: "rate", type: "double" }
  ]
}
const config = { on: { left: ["currency"], versions: ["currency"] } }

describe("temporal-join", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./temporal-join.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const bank = {
    left: {
      schema: orders,
      values: [
        { id: 3, currency: "EUR" },
        { id: 1, currency: "EUR" },
        { id: 2, currency: "EUR" },
        { id: 4, currency: null },
        { id: 5, currency: "USD" }
      ],
      timestamps: [30, 9, 29, 0, 1]
    },
    versions: {
      schema: rates,
      values: [
        { currency: "EUR", rate: 3 },
        { currency: "EUR", rate: 1 },
        { currency: "USD", rate: 9 }
      ],
      timestamps: [30, 10, 2]
    }
  }

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const example = /```json temporal-join\n([^`]*)```/.exec(readme)?.[1] ?? ""
    const { config: given, left, versions, output } = JSON.parse(example)
    const run = await sandbox.processor({ config: given, inputs: { left, versions } })
    assert.deepEqual(run.deadLetters, [])
    assert.deepEqual(run.values, output)
  })

  it("finds the version that was valid at each record's time, in the order of time", async () => {
    const run = await sandbox.processor({ config, inputs: bank, batchSize: 1 })
    assert.deepEqual(run.deadLetters, [])
    assert.deepEqual(
      run.outputs["output"]?.map(({ value, timestamp }) => ({ ...Object(value), timestamp })),
      [
        { id: 2, currency: "EUR", rate: 1, timestamp: 29 },
        { id: 3, currency: "EUR", rate: 3, timestamp: 30 }
      ]
    )
  })

  it("ends a version where the table's row is deleted", async () => {
    const run = await sandbox.processor({
      config: { ...config, kind: "left" },
      inputs: {
        left: {
          schema: orders,
          values: [5, 15, 25].map((id) => ({ id, currency: "EUR" })),
          timestamps: [5, 15, 25]
        },
        versions: {
          schema: rates,
          key: ["currency"],
          values: [{ currency: "EUR", rate: 1 }, null, { currency: "EUR", rate: 2 }],
          keys: [undefined, new TextEncoder().encode("EUR"), undefined],
          timestamps: [0, 10, 20]
        }
      }
    })
    assert.deepEqual(run.deadLetters, [])
    assert.deepEqual(run.values, [
      { id: 5, currency: "EUR", rate: 1 },
      { id: 15, currency: "EUR", rate: null },
      { id: 25, currency: "EUR", rate: 2 }
    ])
  })

  it("gives records without a version where it is told to, and keeps the last version alone", async () => {
    const run = await sandbox.processor({ config: { ...config, kind: "left" }, inputs: bank })
    assert.deepEqual(run.values, [
      { id: 4, currency: null, rate: null },
      { id: 5, currency: "USD", rate: null },
      { id: 1, currency: "EUR", rate: null },
      { id: 2, currency: "EUR", rate: 1 },
      { id: 3, currency: "EUR", rate: 3 }
    ])
    assert.deepEqual(
      run.state.map(({ state, value }) => ({ state, value })),
      [
        { state: "known", value: [{ timestamp: 30, row: { currency: "EUR", rate: 3 } }] },
        { state: "known", value: [{ timestamp: 2, row: { currency: "USD", rate: 9 } }] }
      ]
    )
    assert.deepEqual(run.timers, [])
  })

  it("leaves out late records and late versions", async () => {
    const inputs = {
      left: { ...bank.left, watermarks: [31, undefined, 29] },
      versions: { ...bank.versions, watermarks: [undefined, 11] }
    }
    const run = await sandbox.processor({ config: { ...config, kind: "left" }, inputs })
    assert.deepEqual(
      run.values.map((value) => [Reflect.get(Object(value), "id"), Reflect.get(Object(value), "rate")]),
      [
        [4, null],
        [5, null],
        [1, null],
        [2, null]
      ]
    )
    const patient = await sandbox.processor({ config: { ...config, lateness: "1ms" }, inputs })
    assert.deepEqual(patient.values, [
      { id: 2, currency: "EUR", rate: 1 },
      { id: 3, currency: "EUR", rate: 3 }
    ])
  })
})
