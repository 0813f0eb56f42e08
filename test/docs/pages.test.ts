import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { root } from "../house/floors.ts"
import { generatedPages, textOf } from "./pages.ts"

describe("the generated pages", () => {
  for (const page of generatedPages)
    it(`${page.path} is what \`npm run docs\` writes`, async () => {
      assert.strictEqual(readFileSync(join(root, page.path), "utf8"), await textOf(page))
    })
})
