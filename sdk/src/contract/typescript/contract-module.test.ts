import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as fc from "fast-check"
import { afterAll, assert, describe, it } from "vitest"

import { type RecordType, schemaText } from "../../avro/index.ts"
import { schemaArbitrary } from "../../avro/testing/arbitrary.ts"
import { fromChoices } from "../../avro/testing/choices.ts"
import { contractModule } from "./contract-module.ts"
import { decorate } from "./testing/decorate.ts"
import { goldenModule } from "./testing/golden.ts"
import { contractIn } from "./testing/load-module.ts"

const golden = join(import.meta.dirname, "testing/golden")
const root = fileURLToPath(new URL("../../../../", import.meta.url))

// Inside the package, so that the modules find `@millrace/sdk`.
const folder = mkdtempSync(join(import.meta.dirname, ".generated-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Records with everything that a schema can say; the wilder ones too. */
const records: fc.Arbitrary<RecordType> = fc
  .tuple(
    schemaArbitrary(),
    fromChoices(200, (choices) => choices)
  )
  .map(([type, choices]) => decorate(type, choices))
  .filter((type) => type.kind === "record")

let count = 0
const written = (schema: RecordType, subject: string): string => {
  const file = join(folder, `module-${count++}.ts`)
  writeFileSync(file, contractModule({ subject, schema, key: [], origin: subject }))
  return file
}

describe("the module of a contract", () => {
  it.each(readdirSync(golden).filter((name) => name.endsWith(".json")))(
    "is the one written down for %s, whose contract has that schema",
    async (name) => {
      const { schema, subject, text } = goldenModule(readFileSync(join(golden, name), "utf8"))
      const file = join(golden, name.replace(/\.json$/, ".ts"))
      assert.strictEqual(readFileSync(file, "utf8"), text, "see testing/write-golden.ts")
      assert.strictEqual(schemaText(await contractIn(file, subject)), schemaText(schema))
    }
  )

  it("declares a contract of which any schema is made again, docs, defaults, logical types and attributes included", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (schema) => {
        const subject = "studio.films"
        assert.strictEqual(
          schemaText(await contractIn(written(schema, subject), subject)),
          schemaText(schema)
        )
      }),
      { numRuns: 60 }
    )
  })

  it("type-checks in an author's project, whatever the schema, unused names included", () => {
    fc.sample(records, 40).forEach((schema, index) => written(schema, `studio.films-${index}`))
    for (const name of readdirSync(golden).filter((each) => each.endsWith(".json")))
      writeFileSync(
        join(folder, name.replace(".json", ".ts")),
        goldenModule(readFileSync(join(golden, name), "utf8")).text
      )
    const config = { extends: join(root, "tsconfig.json"), include: ["*.ts"], exclude: [] }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
    const tsc = join(root, "node_modules/typescript/bin/tsc")
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: folder, encoding: "utf8" })
    // What this package's own sources say has a gate of its own.
    assert.deepStrictEqual(
      stdout.split("\n").filter((line) => /^[a-z-]+(?:-\d+)?\.ts/.test(line)),
      []
    )
  })

  it("keeps what a name or a doc says out of its code", () => {
    const evil = "x\n*/ throw 1 //\u2028throw 2"
    const schema: RecordType = {
      kind: "record",
      name: "R",
      aliases: [],
      doc: evil,
      fields: [],
      attributes: {}
    }
    const lines = contractModule({ subject: "a.b", schema, key: [], origin: evil }).split(/[\n\u2028]/)
    assert.deepStrictEqual(
      lines.filter((line) => /^\s*(?:\*\/ )?throw/.test(line)),
      []
    )
  })

  it("is the same text for the same source", () => {
    fc.assert(
      fc.property(records, (schema) => {
        const source = { subject: "a.b", schema, key: ["x"], origin: "a.b" }
        assert.strictEqual(contractModule(source), contractModule(source))
      }),
      { numRuns: 30 }
    )
  })
})
