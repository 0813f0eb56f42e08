import { assert, describe, it } from "vitest"
import { editOf } from "./edit-of.ts"

const record = { id: 7, amount: "free", card: "•••" }

const problemOf = (text: string): string => {
  const edit = editOf(record, text)
  return "problem" in edit ? edit.problem : "none"
}

describe("an edit of a record", () => {
  it("holds the fields that differ alone, so that masked ones go in unread", () => {
    assert.deepStrictEqual(editOf(record, JSON.stringify({ ...record, amount: "5" })), {
      fields: { amount: "5" }
    })
    assert.deepStrictEqual(editOf(record, JSON.stringify(record, null, 2)), { fields: {} })
  })

  it("says what is wrong: no JSON, no record, a field missing, a field too many", () => {
    assert.match(problemOf("{"), /^This is not JSON/)
    assert.match(problemOf("[]"), /object of fields/)
    assert.match(problemOf(`{"id":7,"amount":"free"}`), /card is missing/)
    assert.match(problemOf(JSON.stringify({ ...record, colour: "red" })), /no field colour/)
  })
})
