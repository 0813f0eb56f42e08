import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { root } from "../../input/program.ts"
import { startPostgres } from "../../postgres/server.ts"
import { hasKafka } from "../../tools.ts"
import { guides } from "./guide-pages.ts"
import { guideShell } from "./guide-shell.ts"
import { deedOf, runGuide } from "./run-guide.ts"

// Every command of the tutorials and how-to guides, as a reader types it, against a platform that is up. A guide that
// brings up its own has it in its project's folder; the others find this one in the folder above theirs.

describe("the guides", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-guides-"))
  const tools = join(folder, "tools")
  const platform = guideShell(tools)

  beforeAll(async () => {
    const plugins = ["filter", "count", "ingest"].map((name) => `--publish '${join(root, "plugins", name)}'`)
    await platform.start(folder, `millrace up ${plugins.join(" ")}`, /files@\S+ published/)
  })
  afterAll(async () => {
    await platform.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const { blocks, path } of guides())
    it.skipIf(path === "docs/how-to/kafka.md" && !hasKafka)(path, async () => {
      const own = join(folder, basename(path, ".md"))
      await using server = path === "docs/how-to/postgresql.md" ? await startPostgres() : undefined
      const shell = guideShell(
        tools,
        server === undefined ? {} : { MILLRACE_DATABASE: await server.createDatabase() }
      )
      mkdirSync(own)
      assert.isAbove(blocks.filter((block) => ["run", "stay"].includes(deedOf(block).deed)).length, 0)
      try {
        await runGuide(shell, own, blocks)
      } finally {
        await shell.stop()
      }
    })
})
