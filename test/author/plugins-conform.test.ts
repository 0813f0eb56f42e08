import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { command, root } from "../input/program.ts"

// Every first-party plugin, on the rules of its kind, in what its own fixture says.

const folders = readdirSync(join(root, "plugins")).filter((name) =>
  existsSync(join(root, "plugins", name, "package.json"))
)

describe("the first-party plugins", () => {
  for (const folder of folders)
    it(`${folder} holds to the rules of its kind`, async () => {
      const run = await command(["test", "--conformance", "--json", "."], {
        cwd: join(root, "plugins", folder)
      })
      assert.strictEqual(run.stderr, "")
      const {
        counts,
        rules
      }: { readonly counts: { readonly broken: number }; readonly rules: readonly object[] } = JSON.parse(
        run.stdout
      )
      assert.deepStrictEqual(
        rules.filter((rule) => Reflect.get(rule, "status") === "broken"),
        []
      )
      assert.strictEqual(counts.broken, 0)
      assert.strictEqual(run.exit, 0)
      assert.isAbove(rules.length, 10)
    })
})
