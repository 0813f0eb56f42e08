import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { root } from "../house/floors.ts"
import { generatedPages, textOf } from "./pages.ts"

// `npm run docs`: writes the pages that are made of the source.
for (const page of generatedPages) {
  const path = join(root, page.path)
  const text = await textOf(page)
  const before = ((): string => {
    try {
      return readFileSync(path, "utf8")
    } catch {
      return ""
    }
  })()
  mkdirSync(dirname(path), { recursive: true })
  if (before !== text) writeFileSync(path, text)
  process.stdout.write(`${page.path}${before === text ? " is up to date" : " written"}\n`)
}
