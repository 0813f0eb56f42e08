import { assert, describe, it } from "vitest"
import { neededAcl } from "./needed-acl.ts"

describe("the ACL that a coordinator's refusal wants", () => {
  const offsets = {
    kind: "group",
    key: "millrace.movies",
    transactionalId: "millrace.movies/count/0",
    topicNeeds: () => "Read on topic movies"
  } as const

  it("is of whatever was refused, where offsets are committed in a transaction", () => {
    assert.strictEqual(neededAcl(offsets, 53, []), "Write on transactional id millrace.movies/count/0")
    assert.strictEqual(neededAcl(offsets, 30, []), "Read on group millrace.movies")
    assert.strictEqual(neededAcl(offsets, 29, []), "Read on topic movies")
  })

  it("is the group's where a transaction's coordinator refuses that", () => {
    const adding = { kind: "transaction", key: "millrace.movies/count/0", group: "millrace.movies" } as const
    assert.strictEqual(neededAcl(adding, 30, []), "Read on group millrace.movies")
    assert.strictEqual(neededAcl(adding, 53, []), "Write on transactional id millrace.movies/count/0")
  })
})
