import { readFileSync, readdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { command, root, temporaryFolder, up } from "../input/program.ts"
import type { Platform } from "../input/program.ts"
import { create } from "./create.ts"

// Each template as `npm create processor` writes it, with the packages of this repository: its fixtures, its publishing, and its
// pipeline with records that come out.

const templates: { readonly [template: string]: readonly string[] } = {
  processor: [
    '{"id":"o-1","customer":"ada","amount":12.5,"size":"small"}',
    '{"id":"o-3","customer":"ada","amount":250,"size":"large"}',
    '{"id":"o-4","customer":"linus","amount":99.9,"size":"small"}',
    '{"id":"o-5","customer":"grace","amount":120,"size":"large"}'
  ],
  open: [
    '{"id":"o-1","customer":"ada","amount":12.5,"currency":"EUR","amountEur":12.5}',
    '{"id":"o-2","customer":"grace","amount":4,"currency":"USD","amountEur":3.68}',
    '{"id":"o-3","customer":"ada","amount":250,"currency":"EUR","amountEur":250}',
    '{"id":"o-4","customer":"linus","amount":99.9,"currency":"USD","amountEur":91.91}',
    '{"id":"o-5","customer":"grace","amount":120,"currency":"GBP","amountEur":140.4}'
  ],
  keyed: [
    '{"customer":"ada","orders":1,"amount":12.5}',
    '{"customer":"ada","orders":2,"amount":262.5}',
    '{"customer":"grace","orders":1,"amount":4}',
    '{"customer":"grace","orders":2,"amount":124}',
    '{"customer":"linus","orders":1,"amount":99.9}'
  ],
  source: Array.from({ length: 20 }, (_, sequence) => {
    const celsius = Math.round(2000 + 300 * Math.sin(sequence / 10)) / 100
    return JSON.stringify({ sensor: `s-${sequence % 5}`, sequence, celsius })
  }).toSorted(),
  sink: ["o-1 ada 12.5 EUR", "o-2 grace 4 USD", "o-3 ada 250 EUR", "o-4 linus 99.9 USD", "o-5 grace 120 GBP"],
  function: [
    '{"id":"o-1","customer":"ada","amount":12.5,"currency":"EUR","amountEur":12.5}',
    '{"id":"o-2","customer":"grace","amount":4,"currency":"USD","amountEur":3.68}',
    '{"id":"o-3","customer":"ada","amount":250,"currency":"EUR","amountEur":250}',
    '{"id":"o-4","customer":"linus","amount":99.9,"currency":"USD","amountEur":91.91}',
    '{"id":"o-5","customer":"grace","amount":120,"currency":"GBP","amountEur":140.4}'
  ]
}

describe("a project of each template", () => {
  const folder = temporaryFolder()
  let platform: Platform

  beforeAll(async () => {
    platform = await up({ data: join(folder.path, "data"), publish: [join(root, "plugins/files")] })
  })
  afterAll(async () => {
    await platform?.stop()
    folder.remove()
  })

  for (const [template, expected] of Object.entries(templates))
    it(`${template}: is published, and its pipeline gives what it says`, async () => {
      const name = `my-${template}`
      const flags = ["--template", template, "--scope", "acme", "--no-install", "--no-git", "--yes"]
      const { exit, stderr } = await create(folder.path, [name, ...flags])
      assert.strictEqual(exit, 0, stderr)
      const project = join(folder.path, name)
      symlinkSync(join(root, "node_modules"), join(project, "node_modules"))
      const tested = await command(["test"], { cwd: project })
      assert.strictEqual(tested.exit, 0, tested.stdout + tested.stderr)
      assert.match(tested.stdout, /^[1-9] passed in 1 file/m)
      const published = await platform.command("publish", project)
      assert.strictEqual(published.exit, 0, published.stderr)
      const file = join(project, "pipeline.yaml")
      const ran = await platform.command("run", file, "--until-end", "--grant")
      assert.strictEqual(ran.exit, 0, ran.stderr)
      assert.deepStrictEqual(linesBelow(join(project, "out")), expected)
    })
})

const linesBelow = (folder: string): readonly string[] =>
  readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"))
    .filter((line) => line !== "")
    .toSorted()
