import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, describe, it } from "vitest"
import { makeModuleText } from "./module-text.ts"

/** Writes modules and answers the entry's text. */
function textOf(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), "module-text-"))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    return makeModuleText(pathToFileURL(join(folder, "entry.ts")).href).text
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the entry's text evaluates to. */
function load(files: { readonly [name: string]: string }): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- evaluates what the loader made
  return new Function(textOf(files))()
}

describe("the text of modules", () => {
  it("evaluates each once, in the order of dependency, in a scope of its own", () => {
    const entry = `import { a as first, type Kind } from "./a.ts"\nimport {\n  b\n} from "./b.ts"\nimport type { Other } from "./none.ts"\nconst secret = 3\nexport const sum: Kind = first + b + secret\nexport function twice(x: number): number { return 2 * x }\n`
    const a = `import { b } from "./b.ts"\nexport type Kind = number\nconst secret = 1\nexport const a = secret + b\n`
    const made = load({ "entry.ts": entry, "a.ts": a, "b.ts": "export const b: number = 10" })
    assert.deepInclude(made, { sum: 24 })
  })

  it("has no comments of lines of their own, and no character but ASCII", () => {
    const entry = `/** Says …
 * more */
export const sign = "…§" // beside code
  // alone
/* in front */ const one = 1 /* and behind */
export const sum = one + 1
export const after = "/* none */"
`
    assert.notMatch(textOf({ "entry.ts": entry }), /[^\0-\x7f]|Says|alone/)
    assert.deepInclude(load({ "entry.ts": entry }), { sign: "…§", sum: 2, after: "/* none */" })
  })

  it("refuses what is not of the restricted form, and names the file", () => {
    assert.throws(
      () => load({ "entry.ts": `export default 1` }),
      /entry\.ts: not of the restricted form: export default 1/
    )
    assert.throws(
      () => load({ "entry.ts": `import { c as b } from "./b.ts"`, "b.ts": "export const b = 1" }),
      /entry\.ts: \.\/b\.ts does not export c/
    )
    assert.throws(() => load({ "entry.ts": `import * as all from "./b.ts"`, "b.ts": "" }), /restricted form/)
    assert.throws(
      () =>
        load({
          "entry.ts": `import { b } from "./b.ts"\nexport const a = b`,
          "b.ts": `import { a } from "./entry.ts"\nexport const b = a`
        }),
      /cycle/
    )
  })
})
