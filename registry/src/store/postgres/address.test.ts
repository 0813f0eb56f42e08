import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { addressText, parsePostgresAddress } from "./address.ts"

const read = (text: string) => Result.getOrThrow(parsePostgresAddress(text))
const problem = (text: string): string =>
  Result.match(parsePostgresAddress(text), { onFailure: String, onSuccess: () => "" })

describe("the address of a PostgreSQL database", () => {
  it("is read as libpq reads it, percent signs and all", () => {
    const address = read("postgres://ann%40x:p%40ss%3Aw%2Frd@db.example.com/mill%20race?sslmode=verify-full")
    assert.deepInclude(address, {
      host: "db.example.com",
      port: 5432,
      user: "ann@x",
      database: "mill race",
      tls: "verify-full"
    })
    assert.equal(address.password === undefined ? "" : Redacted.value(address.password), "p@ss:w/rd")
    assert.deepInclude(read("postgresql://ann@[::1]:6000/db"), { host: "::1", port: 6000, tls: "prefer" })
    assert.deepInclude(read("postgres://ann@localhost/db?host=/run/postgresql"), { host: "/run/postgresql" })
  })

  it("is shown without its password", () => {
    const address = read("postgres://ann:hush@db:6000/registry")
    assert.equal(addressText(address), "postgres://ann@db:6000/registry")
    assert.notInclude(JSON.stringify(address), "hush")
    assert.equal(addressText(read("postgres://ann@[::1]/db")), "postgres://ann@[::1]:5432/db")
    assert.equal(
      addressText(read("postgres://ann:hush@localhost/db?host=/run/pg")),
      "postgres://ann@localhost/db?host=/run/pg"
    )
  })

  it("is refused with what is wrong with it, and nothing of what may be secret", () => {
    const wrong = [
      ["hush", "form"],
      ["mysql://ann:hush@db/x", "postgres://"],
      ["postgres://db/x", "user"],
      ["postgres://ann:hush@db", "database"],
      ["postgres://ann:hush@/x", "form"],
      ["postgres://ann:hush%@db/x", "percent"],
      ["postgres://ann:hush@db/x?sslmode=hushed", "sslmode"],
      ["postgres://ann:hush@db/x?hush=1", "parameter"],
      ["postgres://ann:hush@db/x?sslrootcert=/hush", "sslrootcert"]
    ] as const
    for (const [text, word] of wrong) {
      assert.include(problem(text), word, text)
      assert.notInclude(problem(text), "hush")
    }
  })
})
