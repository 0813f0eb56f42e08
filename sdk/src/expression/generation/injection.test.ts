import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { formatName, generateExpression } from "../index.ts"
import { run, typed } from "../testing/run-expression.ts"
import { orNull, primitive, record, sampleRow } from "../testing/sample-row.ts"

const hostile = [
  '"',
  "'",
  "''",
  "`",
  "\\",
  '\\"',
  "\\'",
  "${",
  "${globalThis.pwned = 1}",
  '"]; globalThis.pwned = 1; ["',
  "*/ globalThis.pwned = 1 /*",
  "\n",
  "\r\n",
  "\u2028",
  "\u2029",
  "\0",
  "</script>",
  "--",
  "/*",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "row",
  "f0",
  "fail",
  "Object"
] as const

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`

describe("hostile names and strings", () => {
  it.each(hostile)("%j is a string like any other", (text) => {
    assert.strictEqual(run(`${quote(text)} || ''`), text)
    assert.isTrue(run(`s = ${quote(text)}`, sampleRow({ s: text })))
    assert.strictEqual(run(`REPLACE(s, 'x', ${quote(text)})`, sampleRow({ s: "axb" })), `a${text}b`)
    const pattern = quote(text.replaceAll(/[%_!]/g, "!$&"))
    assert.isTrue(run(`s LIKE ${pattern} ESCAPE '!'`, sampleRow({ s: text })))
  })

  it.each(hostile)("%j is a field like any other", (name) => {
    const schema = record("R", { [`x${name}`]: primitive("int"), y: primitive("int") })
    const named = {
      ...schema,
      fields: schema.fields.map((field, index) => (index === 0 ? { ...field, name } : field))
    }
    const row = Object.defineProperty({ y: 2 }, name, { value: 40, enumerable: true })
    assert.strictEqual(run(`${formatName(name)} + y`, row, named), 42)
    const outer = record("O", { inner: named })
    assert.strictEqual(run(`inner.${formatName(name)} + inner.y`, { inner: row }, outer), 42)
  })

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "isPrototypeOf"])(
    "%s is not read from a prototype",
    (name) => {
      const schema = record("R", {
        x: orNull(primitive("string")),
        labels: { kind: "map", values: primitive("string"), attributes: {} }
      })
      const named = {
        ...schema,
        fields: schema.fields.map((field) => (field.name === "x" ? { ...field, name } : field))
      }
      const row = { labels: Object.create(null) as object }
      assert.isNull(run(name, row, named))
      assert.isTrue(run(`${name} IS NULL`, row, named))
      assert.isNull(run(`labels[${quote(name)}]`, { labels: {} }, named))
    }
  )

  it("leave nothing behind", () => {
    assert.notProperty(globalThis, "pwned")
  })

  it("stand in the code as JSON only", () => {
    const texts = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary" }))
    fc.assert(
      fc.property(texts, texts, (text, name) => {
        if (!text.isWellFormed() || !name.isWellFormed() || name === "") return
        const schema = record("R", { x: primitive("string") })
        const named = { ...schema, fields: schema.fields.map((field) => ({ ...field, name })) }
        const row = Object.defineProperty({}, name, { value: "v", enumerable: true })
        const expression = `${formatName(name)} || ${quote(text)}`
        assert.strictEqual(run(expression, row, named), `v${text}`)
        assert.include(generateExpression(typed(expression, named)), JSON.stringify(text))
      }),
      { numRuns: 300 }
    )
  })
})
