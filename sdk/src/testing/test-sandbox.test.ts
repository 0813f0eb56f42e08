import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { openTestSandbox, type TestSandbox } from "./index.ts"

const entry = new URL("./fixtures/movies.ts", import.meta.url)
const movie = (id: string, director: string | null, rating: number | null = 8) => ({
  id,
  title: `Title ${id}`,
  director,
  rating,
  released: 10
})
const priced = {
  type: "record",
  name: "Priced",
  fields: [
    { name: "id", type: "string" },
    { name: "price", type: "int" },
    { name: "currency", type: "string" },
    { name: "note", type: ["null", "string"] }
  ]
}
const goods = [
  { id: "a", price: 10, currency: "USD", note: "first" },
  { id: "b", price: 20, currency: "XXX", note: null }
]

describe("the testing kit", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(entry)
  })
  afterAll(() => sandbox.close())

  it("runs a closed filter with its config", async () => {
    const movies = [movie("a", "x", 9), movie("b", "x", 3), movie("c", "x", null)]
    const run = await sandbox.processor({ plugin: "top-rated", config: { minRating: 5 }, input: movies })
    assert.deepEqual(run.values, [movies[0]])
    assert.deepEqual(run.counts, { in: 3, out: 1, filtered: 2, failed: 0 })
  })

  it("runs an open map over any record, and passes on what it does not touch", async () => {
    const run = await sandbox.processor({
      plugin: "in-euros",
      input: { schema: priced, values: goods },
      tables: { rates: { values: [{ currency: "USD", rate: 0.5 }] } }
    })
    assert.deepEqual(run.values, [
      { ...goods[0], priceEur: 5 },
      { ...goods[1], priceEur: null }
    ])
    assert.deepEqual(run.deadLetters, [])
  })

  it("keeps state by key, runs Effects, logs, and gives a failed record its tag and no state", async () => {
    const run = await sandbox.processor({
      plugin: "per-director",
      input: [movie("a", "x"), movie("b", null), movie("c", "y"), movie("d", "x")]
    })
    assert.deepEqual(run.values, [
      { director: "x", movies: 1 },
      { director: "y", movies: 1 },
      { director: "x", movies: 2 }
    ])
    assert.deepEqual(
      run.deadLetters.map(({ code, tag, message }) => ({ code, tag, message })),
      [{ code: "PLUGIN_FAILED", tag: "NoDirector", message: "Title b has no director" }]
    )
    assert.sameDeepMembers(
      run.state.map(({ key, value }) => [key && new TextDecoder().decode(key), value]),
      [
        ["x", 2],
        ["y", 1]
      ]
    )
    assert.deepEqual(run.logs.map(({ fields }) => fields).slice(0, 1), [{ director: "x" }])
  })

  it("carries state from batch to batch", async () => {
    const movies = [movie("a", "x"), movie("b", "x"), movie("c", "x")]
    const run = await sandbox.processor({ plugin: "per-director", input: movies, batchSize: 1 })
    assert.deepEqual(run.values.at(-1), { director: "x", movies: 3 })
  })

  it("keeps a map for each key", async () => {
    const twice = [
      movie("a", "x"),
      { ...movie("b", "x"), title: "Title a" },
      { ...movie("c", "y"), title: "Title a" }
    ]
    const run = await sandbox.processor({ plugin: "titles-seen", input: twice })
    assert.deepEqual(run.values, [twice[1]])
    assert.sameDeepMembers(
      run.state.map(({ mapKey, value }) => [mapKey, value]),
      [
        ["Title a", 2],
        ["Title a", 1]
      ]
    )
  })

  it("compiles an expression of the config, over fields that the plugin never named", async () => {
    const run = await sandbox.processor({
      plugin: "where",
      config: { where: "price * 2 > 30 OR note = 'none'" },
      input: { schema: priced, values: goods }
    })
    assert.deepEqual(run.values, [goods[1]])
  })

  it("says where an expression is wrong", async () => {
    const wrong = sandbox.processor({
      plugin: "where",
      config: { where: "prise > 3" },
      input: { schema: priced, values: goods }
    })
    const error = await wrong.then(
      () => undefined,
      (reason: unknown) => reason
    )
    assert.instanceOf(error, Error)
    assert.match(error.message, /^config\/where: .*prise.*price/)
  })

  it("binds a field by the config, and updates it in place", async () => {
    const values = [{ id: "abcdef", price: 1, currency: "USD", note: null }]
    const run = await sandbox.processor({
      plugin: "shorten",
      config: { field: "id", length: 3 },
      input: { schema: priced, values }
    })
    assert.deepEqual(run.values, [{ ...values[0], id: "abc" }])
  })

  it("derives a projection's schema, and computes it", async () => {
    const run = await sandbox.processor({
      plugin: "project",
      config: { fields: { id: "id", double: "price * 2", hasNote: "note IS NOT NULL" } },
      input: { schema: priced, key: ["id"], values: goods }
    })
    assert.deepEqual(run.values, [
      { id: "a", double: 20, hasNote: true },
      { id: "b", double: 40, hasNote: false }
    ])
  })

  it("serves the clock that the plugin asks for", async () => {
    const run = await sandbox.processor({
      plugin: "stamped",
      input: { schema: priced, values: goods },
      now: 1_234
    })
    assert.deepEqual(
      run.values,
      goods.map((value) => ({ ...value, at: 1_234 }))
    )
  })

  it("denies what the test does not serve", async () => {
    const run = await sandbox.processor({
      plugin: "stamped",
      input: { schema: priced, values: goods },
      fakes: {
        time: () => {
          throw new Error("no clock today")
        }
      }
    })
    assert.deepEqual(
      run.deadLetters.map(({ tag, message }) => [tag, message]),
      [
        ["CapabilityError", "no clock today"],
        ["CapabilityError", "no clock today"]
      ]
    )
  })

  it("reads a source to its end, in bounded reads, rejects what does not fit, and resumes", async () => {
    const files = { input: { "": "x,1\ny,2\nno\nz,3\n" } }
    const run = await sandbox.source({ config: { path: "counts.txt" }, files, maxRecords: 2 })
    assert.deepEqual(run.values, [
      { director: "x", movies: 1 },
      { director: "y", movies: 2 },
      { director: "z", movies: 3 }
    ])
    assert.isTrue(run.ended)
    assert.deepEqual(run.positions, { "0": { offset: 15 } })
    assert.deepEqual(
      run.deadLetters.map(({ raw }) => raw),
      ["no"]
    )
    const again = await sandbox.source({
      config: { path: "counts.txt" },
      files,
      positions: { "0": { offset: 11 } }
    })
    assert.deepEqual(again.values, [{ director: "z", movies: 3 }])
  })

  it("writes through a transactional sink, visible at its end", async () => {
    const input = [
      { director: "x", movies: 1 },
      { director: "y", movies: 2 },
      { director: "z", movies: 3 }
    ]
    const run = await sandbox.sink({ config: { path: "out" }, input, batchSize: 2 })
    const text = Object.fromEntries(
      Object.entries(run.files["out"] ?? {}).map(([path, bytes]) => [path, new TextDecoder().decode(bytes)])
    )
    assert.deepEqual(text, { "part-0": "x,1\ny,2\nz,3\n" })
    assert.deepEqual(run.token, { size: 12, end: true })
  })

  it("names the plugins when it is not plain which is meant", async () => {
    const error = await sandbox.processor({ input: [] }).then(
      () => undefined,
      (reason: unknown) => reason
    )
    assert.instanceOf(error, Error)
    assert.match(error.message, /name one processor by plugin: .*top-rated/)
  })
})
