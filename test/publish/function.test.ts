import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { RecordPage, StreamDetail } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { create } from "../scaffolds/create.ts"

// A function from its template, published, and composed by name in another folder: its lineage is known to the plan and to the
// catalogue.

const folder = temporaryFolder()
const project = join(folder.path, "to-euros")
const other = join(folder.path, "other")
const file = join(other, "orders.pipeline.yaml")
let platform: Platform

const pipeline = (args: string): string => `pipeline: orders
owner: shop
nodes:
  orders:
    source: "${relative(other, join(root, "plugins/files/src/index.ts"))}#files-source"
    with:
      path: in
      format: ndjson
      record: shop.Order
      key: [id]
      fields: { id: { type: string }, price: { type: double, nullable: true }, pieces: { type: int }, currency: { type: string } }
  euros:
    use: "@acme/to-euros@^0.1"
    from: orders
    with: { args: ${args}, as: priceEur }
    stream: shop.orders-in-euros
`
const orders = [
  { id: "a", price: 10, pieces: 2, currency: "USD" },
  { id: "b", price: null, pieces: 1, currency: "EUR" },
  { id: "c", price: 1, pieces: 1, currency: "XXX" }
]

beforeAll(async () => {
  const made = await create(folder.path, [
    "to-euros",
    "--template",
    "function",
    "--scope",
    "acme",
    "--no-install",
    "--yes"
  ])
  assert.strictEqual(made.exit, 0, made.stderr)
  mkdirSync(join(project, "node_modules/@millrace"), { recursive: true })
  symlinkSync(join(root, "sdk"), join(project, "node_modules/@millrace/sdk"))
  symlinkSync(join(root, "node_modules/effect"), join(project, "node_modules/effect"))
  mkdirSync(join(other, "in"), { recursive: true })
  writeFileSync(join(other, "in/orders.ndjson"), orders.map((order) => `${JSON.stringify(order)}\n`).join(""))
  platform = await up({ data: join(folder.path, "data") })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

describe("a function from its template", () => {
  it("is published, found and shown as one", async () => {
    const published = await platform.command("publish", project)
    assert.strictEqual(published.exit, 0, published.stderr)
    const found = await platform.command("search", "euros", "--kind", "function")
    assert.include(found.stdout, "@acme/to-euros")
    const shown = await platform.command("show", "@acme/to-euros")
    assert.strictEqual(shown.exit, 0, shown.stderr)
    assert.match(shown.stdout, /to-euros.*function/)
    for (const name of ["amount", "currency"]) assert.include(shown.stdout, name)
  })

  it("is composed by name; the plan knows which fields its result comes from", async () => {
    writeFileSync(file, pipeline('{ amount: "price * pieces", currency: currency }'))
    const { exit, stderr, stdout } = await platform.command("plan", file, "--json")
    assert.strictEqual(exit, 2, stderr)
    const { lineage } = JSON.parse(stdout)
    assert.sameMembers(lineage.euros.priceEur, ["orders.price", "orders.pieces", "orders.currency"])
    assert.deepEqual(lineage.euros.id, ["orders.id"])
    assert.notProperty(lineage.euros, "amount")
  })

  it("gives its result for each record, and the catalogue tells where it comes from", async () => {
    const applied = await platform.command("apply", file, "--grant")
    assert.strictEqual(applied.exit, 0, applied.stderr)
    await until(
      async () => JSON.parse((await platform.command("status", "orders", "--json")).stdout),
      ({ state }: { readonly state: string }) => state === "completed"
    )
    const { body } = await platform.get("/api/topics/shop.orders-in-euros/records?limit=100")
    const { records } = Schema.decodeUnknownSync(RecordPage)(body)
    const values = records.flatMap(({ control, value }) => (control === undefined ? [value] : []))
    assert.sameDeepMembers(
      values,
      orders.map((order) => ({ ...order, priceEur: order.id === "a" ? 18.4 : null }))
    )
    const detail = Schema.decodeUnknownSync(StreamDetail)(
      (await platform.get("/api/streams/shop.orders-in-euros")).body
    )
    assert.include(detail.producer?.plugin, "@acme/to-euros@0.1.0")
    const result = detail.fields.find(({ name }) => name === "priceEur")
    assert.sameMembers([...(result?.origins ?? [])], ["orders.price", "orders.pieces", "orders.currency"])
  })

  it("is refused where an argument is missing, unknown or of another type, each by its place", async () => {
    const cases = [
      ["{ amount: price }", "currency"],
      ["{ amount: price, currency: currency, rate: '1' }", "rate"],
      ["{ amount: currency, currency: currency }", "amount"]
    ] as const
    for (const [args, place] of cases) {
      writeFileSync(file, pipeline(args))
      const { errors, exit } = await platform.command("plan", file)
      assert.strictEqual(exit, 65)
      assert.include(`${errors[0]?.where} ${errors[0]?.message}`, place)
    }
  })

  it("is held to its signature by the next version", async () => {
    const source = join(project, "src/index.ts")
    const manifest = join(project, "package.json")
    writeFileSync(source, readFileSync(source, "utf8").replaceAll("currency", "unit"))
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"0.1.0"', '"0.1.1"'))
    const { errors, exit, stdout } = await platform.command("publish", project)
    assert.notStrictEqual(exit, 0)
    assert.match(stdout, /currency/)
    assert.include(errors[0]?.remedy, "0.2.0")
  })
})
