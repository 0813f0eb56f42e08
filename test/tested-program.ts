import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { bundleModules } from "./pack/program.ts"

/**
 * Bundles the program as it is published, and answers its path: `npm test` starts it some hundred times, and it starts in two thirds of
 * the sources' time. Within `node_modules`, for it loads packages from there.
 */
export const bundleTestedProgram = async (root: string): Promise<string> => {
  const folder = join(root, "node_modules/.cache/millrace/tested")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { modules } = await bundleModules()
  for (const { content, name } of modules) writeFileSync(join(folder, name), content)
  const start = join(folder, "millrace.js")
  const words = [join(root, "runtime/bin/node24.js"), join(folder, "main.js")].map((path) =>
    JSON.stringify(path)
  )
  writeFileSync(
    start,
    `import { runUnderNode24 } from ${words[0]}
runUnderNode24(${words[1]}, process.argv.slice(2), ["--disable-warning=ExperimentalWarning"])
`
  )
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
  return start
}
