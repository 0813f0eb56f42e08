import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { type Author, author } from "./dev-program.ts"

// Every kind of plugin at work, and records of another platform.

let at: Author
beforeEach(() => {
  at = author()
})
afterEach(() => at.remove())

const contract = `import { Contract, defineProcessor, defineSink, defineSource, files, lookupTable, Schema } from "@millrace/sdk"
class Item extends Contract<Item>()({
  subject: "t.items", key: "id", schema: Schema.Struct({ id: Schema.String, size: Schema.Int })
}) {}
`

describe("millrace dev", () => {
  it("runs a source from its beginning, and again after an edit", async () => {
    const source = `${contract}
export const items = defineSource({
  name: "items", output: Item, position: Schema.Int, config: Schema.Struct({ size: Schema.Int }),
  *read(_position, { config }) {
    return { records: [{ value: Item.make({ id: "a", size: config.size }) }], position: 1, next: "end" }
  }
})
`
    at.write("items.ts", source)
    const dev = at.dev("items.ts", "--with", "size=3")
    assert.deepStrictEqual((await dev.next("record"))["after"], { id: "a", size: 3 })
    dev.mark()
    at.write("items.ts", source.replace('"a"', '"b"'))
    assert.deepStrictEqual((await dev.next("record"))["after"], { id: "b", size: 3 })
  })

  it("runs a sink, and tells what it took", async () => {
    at.write("items.json", '[{"id":"a","size":1}]')
    at.write(
      "out.ts",
      `${contract}
export const out = defineSink({
  name: "out", input: Item, batch: { maxRecords: 10, maxDelay: 10 },
  *write(batch) {
    console.log("wrote", batch.map(({ value }) => value?.id).join())
  }
})
`
    )
    const dev = at.dev("out.ts", "--records", "items.json")
    assert.deepStrictEqual((await dev.next("written"))["record"], { id: "a", size: 1 })
    await dev.next("log", ({ message }) => message === "wrote a")
  })

  it("feeds an open contract the fields that it reads, and each of several inputs and tables", async () => {
    at.write(
      "open.ts",
      `${contract}
class Label extends Contract<Label>()({
  subject: "t.labels", key: "id", schema: Schema.Struct({ id: Schema.String, text: Schema.String })
}) {}
export const wide = defineProcessor({
  name: "wide", reads: { size: Schema.Int }, adds: { isWide: Schema.Boolean }, map: ({ size }) => ({ isWide: size > 0 })
})
export const both = defineProcessor({
  name: "both", inputs: { items: Item, labels: Label }, output: Label, uses: { texts: lookupTable(Label) },
  map: {
    items: ({ id }, { texts }) => Label.make({ id, text: texts.get("a")?.text ?? "none" }),
    labels: (label) => label
  }
})
`
    )
    const open = at.dev("open.ts", "--plugin", "wide")
    const [change] = JSON.parse(JSON.stringify((await open.next("record"))["changes"]))
    assert.deepInclude(change, { path: "isWide", change: "added" })
    await open.kill("SIGKILL")
    at.write("items.json", '[{"id":"i","size":1}]')
    at.write("labels.json", '[{"id":"l","text":"l"}]')
    at.write("texts.json", '[{"id":"a","text":"found"}]')
    const given = ["items", "labels", "texts"].flatMap((name) => ["--records", `${name}=${name}.json`])
    const both = at.dev("open.ts", "--plugin", "both", ...given)
    await both.next("record", ({ after }) => JSON.stringify(after) === '{"id":"l","text":"l"}')
    await both.next("record", ({ after }) => JSON.stringify(after) === '{"id":"i","text":"found"}')
  })

  it("takes the records of another platform, as they come", async () => {
    at.write("items.json", '[{"id":"a","size":1},{"id":"b","size":2}]')
    at.write(
      "same.ts",
      `${contract}
export const same = defineProcessor({ name: "same", input: Item, output: Item, filter: () => true })
export const wide = defineProcessor({
  name: "wide", reads: { size: Schema.Int }, adds: { isWide: Schema.Boolean }, map: ({ size }) => ({ isWide: size > 1 })
})
`
    )
    const first = at.dev("same.ts", "--plugin", "same", "--records", "items.json")
    const url = String((await first.next("up"))["url"])
    await first.next("record")
    const second = at.dev("same.ts", "--plugin", "wide", "--from", `dev-same.out@${url}`, "--data", "second")
    await second.next("record", ({ after }) => JSON.stringify(after) === '{"id":"b","size":2,"isWide":true}')
    second.mark()
    at.write("items.json", '[{"id":"c","size":3}]')
    await second.next("record", ({ after }) => JSON.stringify(after) === '{"id":"c","size":3,"isWide":true}')
    assert.isNotEmpty(readFileSync(join(at.folder, "second/token"), "utf8"))
  })
})
