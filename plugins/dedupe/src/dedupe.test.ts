import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const events = {
  type: "record",
  name: "Event",
  fields: [
    { name: "id", type: ["null", "string"] },
    { name: "n", type: "int" }
  ]
}
const event = (id: string | null, n: number) => ({ id, n })

describe("dedupe", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const numbers = (values: readonly unknown[]) => values.map((value) => Reflect.get(Object(value), "n"))
  const input = (timestamps: readonly number[], watermarks: readonly (number | undefined)[] = []) => ({
    schema: events,
    values: timestamps.map((_, n) => event("a", n)),
    timestamps,
    watermarks
  })

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, input: given, output } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.processor({ config, input: given })
    assert.deepEqual(run.values, output)
    assert.deepEqual(run.deadLetters, [])
  })

  it("passes the first that comes, of null keys too, and drops the same for a time before and after", async () => {
    const config = { keyBy: ["id"], within: "10ms" }
    const given = { ...input([20, 29, 30, 11, 10, 49]), values: numbersOf(6, (n) => event(null, n)) }
    const run = await sandbox.processor({ config, input: given, batchSize: 1 })
    assert.deepEqual(numbers(run.values), [0, 2, 4, 5])
    assert.deepEqual([run.state, run.timers, run.deadLetters], [[], [], []])
    assert.deepEqual(
      run.outputs["output"]?.map(({ timestamp }) => timestamp),
      [20, 30, 10, 49]
    )
  })

  it("remembers for ever where no time is given", async () => {
    const given = input([5, 5_000_000, 0], [undefined, undefined, 9_000_000])
    const run = await sandbox.processor({ config: { keyBy: ["id"] }, input: given })
    assert.deepEqual(numbers(run.values), [0])
    assert.deepEqual([run.state.length, run.timers], [1, []])
  })

  it("keeps the first of each run by time, whatever the order of arrival", async () => {
    const config = { keyBy: ["id"], within: "10ms", order: "time" }
    for (const timestamps of [
      [30, 9, 0, 19, 10],
      [10, 19, 0, 9, 30]
    ]) {
      const run = await sandbox.processor({ config, input: input(timestamps), batchSize: 2 })
      assert.deepEqual(
        run.outputs["output"]?.map(({ timestamp }) => timestamp),
        [0, 10, 30]
      )
      assert.deepEqual([run.state, run.timers, run.deadLetters], [[], [], []])
    }
  })

  it("keeps the last of each run, at the run's end", async () => {
    const config = { keyBy: ["id"], within: "10ms", keep: "last" }
    const run = await sandbox.processor({ config, input: input([30, 9, 0, 19, 9, 10]) })
    assert.deepEqual(numbers(run.values), [4, 3, 0])
    assert.deepEqual(
      run.outputs["output"]?.map(({ timestamp }) => timestamp),
      [9, 19, 39]
    )
    assert.deepEqual([run.state, run.timers], [[], []])
  })

  it("leaves out late records, but for what lateness allows", async () => {
    const given = input([20, 9], [undefined, 10])
    for (const order of ["time", "arrival"]) {
      const config = { keyBy: ["id"], within: "5ms", order }
      assert.deepEqual(numbers((await sandbox.processor({ config, input: given })).values), [0])
      const patient = await sandbox.processor({ config: { ...config, lateness: "1ms" }, input: given })
      assert.sameMembers(numbers(patient.values), [0, 1])
    }
  })

  it("is refused where the last is never known, or a key is no field", async () => {
    const refused = (config: unknown) => refusal(sandbox.processor({ config, input: input([]) }))
    assert.match(await refused({ keyBy: ["id"], keep: "last" }), /config\/within: the last of all/)
    assert.match(await refused({ keyBy: ["id"], keep: "last", order: "arrival", within: "1s" }), /order/)
    assert.match(await refused({ keyBy: ["it"] }), /no field it/)
    assert.match(await refused({ keyBy: ["id"], within: "0s" }), /longer than 0/)
  })
})

const numbersOf = <A>(count: number, of: (n: number) => A): readonly A[] =>
  Array.from({ length: count }, (_, n) => of(n))

const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return "it was not refused"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
