import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { watchFiles } from "./watch-files.ts"

let folder = ""
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "millrace-watch-")))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Watches a project with a plugin, changes files, and answers what was told of until `last` came. */
const changesIn = (project: string, change: (write: (name: string) => void) => void, last: string) => {
  const write = (name: string): void => {
    mkdirSync(join(project, name, ".."), { recursive: true })
    writeFileSync(join(project, name), `// ${name}`)
  }
  write("plugin.ts")
  return Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const watching = yield* watchFiles([join(project, "plugin.ts")])
        change(write)
        const seen: string[] = []
        while (!seen.includes(join(project, last))) seen.push(...(yield* watching.next).files)
        return seen
      })
    )
  )
}

describe("watched files", () => {
  it("are seen where the project itself stands below a folder named .millrace", async () => {
    const project = join(folder, ".millrace", "work", "project")
    const seen = await changesIn(project, (write) => write("plugin.ts"), "plugin.ts")
    assert.deepStrictEqual(seen, [join(project, "plugin.ts")])
  })

  it("are not what lies in the project's own .millrace, .git and node_modules", async () => {
    const seen = await changesIn(
      folder,
      (write) => {
        for (const name of [".millrace", ".git", "node_modules"]) write(`${name}/inside.ts`)
        write("beside.ts")
      },
      "beside.ts"
    )
    assert.deepStrictEqual(seen, [join(folder, "beside.ts")])
  })
})
