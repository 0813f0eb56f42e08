import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

type Files = { readonly [path: string]: string }
const config = { path: "logs", follow: true, record: "N", fields: { n: { type: "long" } } }
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `{"n":${from + at}}\n`).join("")

describe("files that are followed", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("../index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  /** Looks at the files in one state after another, each time as after a restart. */
  const follow = async (states: readonly Files[], more: object = {}, maxRecords = 1_000) => {
    let positions: { readonly [partition: string]: unknown } = {}
    const found: unknown[] = []
    const logs: string[] = []
    const dead: string[] = []
    for (const input of states) {
      const run = await sandbox.source({
        config: { format: "ndjson", ...config, ...more },
        files: { input },
        positions,
        maxRecords,
        isFresh: true
      })
      assert.isFalse(run.ended)
      found.push(run.values.map((value) => Reflect.get(Object(value), "n")))
      logs.push(
        ...run.logs.map(({ message, fields }) => `${Reflect.get(Object(fields), "path")}: ${message}`)
      )
      dead.push(...run.deadLetters.map(({ message }) => message))
      positions = run.positions
    }
    return { found, logs, dead }
  }

  it("are read on as they grow, and a last line without its end is no record yet", async () => {
    const { found, logs } = await follow([
      {},
      { "": '{"n":1}\n{"n":' },
      { "": '{"n":1}\n{"n":' },
      { "": '{"n":1}\n{"n":2}\n' },
      { "": '{"n":1}\n{"n":2}\n{"n":3}' }
    ])
    assert.deepEqual(found, [[], [1], [], [2], []])
    assert.deepEqual(logs, [])
  })

  it("may come later, in a folder, and take turns", async () => {
    const { found } = await follow(
      [
        { "a.log": lines(0, 3) },
        { "a.log": lines(0, 5), "b/c.log": lines(10, 12), ".hidden": lines(20, 21) },
        { "a.log": lines(0, 5), "b/c.log": lines(10, 13) }
      ],
      {},
      1
    )
    assert.deepEqual(found, [[0, 1, 2], [10, 3, 11, 4], [12]])
  })

  it("are read from their beginning when they were cut off, which is told", async () => {
    const { found, logs } = await follow([{ a: lines(0, 3) }, { a: lines(7, 8) }, { a: lines(7, 9) }])
    assert.deepEqual(found, [[0, 1, 2], [7], [8]])
    assert.deepEqual(logs, ["a: the file was cut off, or is another one: it is read from its beginning"])
  })

  it("are known again when they were renamed, and their name is another file's", async () => {
    const { found, logs } = await follow([
      { "app.log": lines(0, 3) },
      { "app.log": lines(100, 110), "app.log.1": lines(0, 4) },
      { "app.log": lines(100, 111), "app.log.1": lines(0, 4) }
    ])
    assert.deepEqual(found[0], [0, 1, 2])
    assert.sameMembers([...Object(found[1])], [3, ...Array.from({ length: 10 }, (_, at) => 100 + at)])
    assert.deepEqual(found[2], [110])
    assert.deepEqual(logs, [
      "app.log: the file is another one: it is read from its beginning",
      "app.log.1: the file was app.log: it is read on from where that was"
    ])
  })

  it("of CSV keep their header, and what does not fit has its place", async () => {
    const { found, dead } = await follow(
      [{ a: "n\n1\n" }, { a: "n\n1\nx\n2\n3" }, { a: "n\n1\nx\n2\n3\n" }],
      {
        format: "csv"
      }
    )
    assert.deepEqual(found, [[1], [2], [3]])
    assert.match(dead.join(), /^a:3: n: /)
  })

  it("do not end, and only lines can be followed", async () => {
    assert.deepEqual(sandbox.manifests.find(({ kind }) => kind === "source")?.source, {
      bounded: true,
      endless: "/follow"
    })
    let message = "it was not refused"
    try {
      await follow([{}], { format: "json" })
    } catch (error) {
      message = String(error)
    }
    assert.match(message, /config\/follow: a file of json has an end/)
  })
})
