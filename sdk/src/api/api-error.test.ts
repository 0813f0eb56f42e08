import { assert, describe, it } from "vitest"
import { apiError, errors, toErrorBody } from "./index.ts"

describe("apiError", () => {
  it("fills the message, carries the remedy and shows the fields of the table", () => {
    const error = apiError("VERSION_EXISTS", { package: "@acme/movies", version: "1.0.0" }, "version")
    assert.deepEqual(toErrorBody(error), {
      error: {
        code: "VERSION_EXISTS",
        message: "@acme/movies@1.0.0 was published before; versions never change",
        remedy: "Raise the version, with `millrace publish --bump` for instance, and publish again.",
        path: "version",
        details: { package: "@acme/movies", version: "1.0.0" }
      }
    })
    assert.equal(error.status, 409)
  })

  it("does not show a field that the table does not name", () => {
    const fields: object = { subject: "a", token: "s3cret" }
    assert.notInclude(JSON.stringify(toErrorBody(apiError("SUBJECT_UNKNOWN", fields))), "s3cret")
  })

  it("escapes control characters, bidirectional marks and line breaks of what came from outside", () => {
    const { message } = apiError("PACKAGE_UNKNOWN", { package: "a\u001b[31m\nb\u202e\u2028" })
    assert.equal(message, "There is no package a\\u{1b}[31m\\u{a}b\\u{202e}\\u{2028}")
  })

  it("cuts a value of any length", () => {
    assert.isBelow(apiError("PACKAGE_UNKNOWN", { package: "x".repeat(1_000_000) }).message.length, 600)
  })

  it("has a place in message and remedy only for fields that it shows", () => {
    for (const [code, row] of Object.entries(errors))
      for (const [, field] of `${row.message} ${row.remedy}`.matchAll(/\{(\w+)\}/g))
        assert.include<string>([...row.fields], field ?? "", code)
  })

  it("says of every code what, where, why, and what to do, and names no route of the API as a remedy", () => {
    for (const [code, row] of Object.entries(errors)) {
      for (const text of [row.message, row.where, row.why, row.remedy]) assert.isAbove(text.length, 5, code)
      assert.notMatch(row.remedy, /\b(?:GET|PUT|POST|PATCH|DELETE) \//, code)
    }
  })
})
