import { DatabaseSync } from "node:sqlite"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { assert, describe, it } from "vitest"
import { registryLayer } from "../registry-layer.ts"
import { Subjects } from "../subject/subjects.ts"
import { sandboxManifestReader } from "../testing/sandbox-manifest-reader.ts"
import { steps } from "./migrations.ts"

/** A store as format 4 left it: one subject of each of some modes, with one version. */
const writeOld = (file: string, modes: readonly string[]): void => {
  const old = new DatabaseSync(file)
  for (const step of steps.slice(0, 4)) old.exec(step)
  old.exec("PRAGMA application_id = 0x4d4c5247; PRAGMA user_version = 4")
  old.exec(`INSERT INTO schemas (id, context, sha256, text, refs) VALUES (1, '', 'x', '"int"', '[]')`)
  for (const mode of modes) {
    old
      .prepare(
        "INSERT INTO subjects (context, name, compatibility, record_key) VALUES ('', ?, ?, '[\"id\"]')"
      )
      .run(`in-${mode}`, mode)
    old.prepare("INSERT INTO subject_versions VALUES ('', ?, 1, 1, 0, 'ann', NULL)").run(`in-${mode}`)
  }
  old.close()
}

describe("a store of format 4", () => {
  it("keeps its subjects, their keys and what was set for them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-format-"))
    try {
      const modes = ["BACKWARD", "FULL", "NONE"]
      writeOld(join(folder, "registry.db"), modes)
      const layer = registryLayer(folder).pipe(Layer.provide(sandboxManifestReader))
      const look = Effect.flatMap(Subjects, (subjects) =>
        Effect.all({
          listed: subjects.list({}),
          version: subjects.version("in-FULL", "latest"),
          check: subjects.check("in-FULL", "long")
        })
      )
      const { check, listed, version } = await Effect.runPromise(Effect.provide(look, layer))
      assert.deepEqual(
        listed.subjects.map(({ compatibility, latest, subject }) => [subject, compatibility, latest]),
        modes.map((mode) => [`in-${mode}`, mode, 1])
      )
      assert.deepInclude(version, { id: 1, schema: '"int"', key: ["id"] })
      assert.deepInclude(check, { mode: "FULL", compatible: false })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
