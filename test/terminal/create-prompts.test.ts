import { mkdirSync, readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { temporaryFolder } from "../input/program.ts"
import { createBin } from "../scaffolds/create.ts"
import { missingTools, terminalTool } from "../tools.ts"
import { answered, assertRestored } from "./answered.ts"
import { colours, keys } from "./terminal.ts"

// What create-processor asks as a person meets it: at a terminal of 80 columns, with arrows and Ctrl-C.

const folder = temporaryFolder()
afterAll(() => folder.remove())
const newFolder = (name: string): string => {
  const path = join(folder.path, name)
  mkdirSync(path)
  return path
}

describe.skipIf(missingTools().some(({ name }) => name === terminalTool))(
  "questions of create-processor at a terminal",
  () => {
    it("make a project of the template that the arrows chose, within 80 columns", async () => {
      const cwd = newFolder("made")
      const made = await answered(
        [createBin, "--no-install"],
        [
          ["Its name", `risk${keys.enter}`],
          ["What to begin with", keys.down + keys.down + keys.up + keys.enter],
          ["Whose package", `acme${keys.enter}`]
        ],
        { cwd }
      )
      assert.strictEqual(made.code, 0, made.text())
      const { name } = JSON.parse(readFileSync(join(cwd, "risk/package.json"), "utf8"))
      assert.strictEqual(name, "@acme/risk")
      assert.include(readFileSync(join(cwd, "risk/src/index.ts"), "utf8"), "reads:")
      const [, report = ""] = made.text().split("Made @acme/risk")
      assert.deepEqual(
        report.split("\n").filter(({ length }) => length > 80),
        []
      )
      assertRestored(made)
    })

    it("leave nothing of a project when they are broken off, whichever of them", async () => {
      const name = ["Its name", `risk${keys.enter}`] as const
      const template = ["What to begin with", keys.enter] as const
      const cases = [
        [["Its name", `ri${keys.interrupt}`]],
        [name, ["What to begin with", keys.down + keys.interrupt]],
        [name, template, ["Whose package", keys.interrupt]]
      ] as const
      const cwd = newFolder("broken-off")
      for (const answers of cases) {
        const broken = await answered([createBin, "--no-install"], answers, { cwd, env: { NO_COLOR: "1" } })
        assert.strictEqual(broken.code, 130, broken.text())
        assert.include(broken.text(), "Nothing was made.")
        assert.deepEqual(colours(broken.raw()), [])
        assert.deepEqual(readdirSync(cwd), [])
        assertRestored(broken)
      }
    })
  }
)
