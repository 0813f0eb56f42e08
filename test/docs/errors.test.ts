import { assert, describe, it } from "vitest"
import { commandPaths } from "./cli/commands.ts"
import { areas } from "./errors/areas.ts"
import { namedCommands, sourceCodes } from "./source-codes.ts"

const rows = areas.flatMap(({ rows: all, title }) =>
  Object.entries(all).map(([code, row]) => ({ code, title, ...row }))
)
const documented = new Set(rows.map(({ code }) => code))
const found = sourceCodes()

describe("the tables of errors", () => {
  it("have every code that stands in the source", () => {
    assert.isAbove(found.size, 200)
    const missing = [...found]
      .filter(([code]) => !documented.has(code) && !documented.has(`BUNDLE_${code}`))
      .map(([code, file]) => `${code} (${file})`)
    assert.deepStrictEqual(missing, [])
  })

  it("have no code that the source does not give", () => {
    const made = /^(BUNDLE|CLIENT|REGISTRY)_|^(?:BUNDLE|CANCELLED)$/
    // Codes of one word are found in unions of types alone.
    const gone = rows.filter(({ code }) => code.includes("_") && !found.has(code) && !made.test(code))
    assert.deepStrictEqual(
      gone.map(({ code, title }) => `${title}: ${code}`),
      []
    )
  })

  it("say of each code what happened, where, why, and what to do", () => {
    const parts = ["message", "where", "why", "remedy"] as const
    const lacking = rows.flatMap((row) =>
      parts
        .filter((part) => row[part].trim().length < 3)
        .map((part) => `${row.title}: ${row.code} has no ${part}`)
    )
    assert.deepStrictEqual(lacking, [])
  })

  it("give remedies as sentences", () => {
    const odd = rows.filter(({ remedy, why }) => !/^[A-Z`].*[.]$/s.test(remedy) || !/[.]$/.test(why))
    assert.deepStrictEqual(
      odd.map(({ code, remedy }) => `${code}: ${remedy}`),
      []
    )
  })
})

describe("what remedies tell to run", () => {
  const known = commandPaths()
  const isKnown = (command: string): boolean => {
    const [, first = "", second = ""] = command.split(/\s+/)
    return (
      known.has(first) &&
      (known.get(first)?.length === 0 || !/^[a-z]+$/.test(second) || known.get(first)!.includes(second))
    )
  }

  it("is a command that there is, in the tables", () => {
    const commands = rows.flatMap(({ code, remedy, why }) =>
      [...`${why} ${remedy}`.matchAll(/`(millrace [a-z][^`]*)`/g)].map(([, command = ""]) => ({
        code,
        command
      }))
    )
    assert.isAbove(commands.length, 40)
    assert.deepStrictEqual(
      commands.filter(({ command }) => !isKnown(command)),
      []
    )
  })

  it("is a command that there is, in the source", () => {
    const commands = namedCommands()
    assert.isAbove(commands.length, 40)
    assert.deepStrictEqual(
      commands.filter(({ command }) => !isKnown(command)),
      []
    )
  })
})
