import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import type { ArchiveFile } from "@millrace/sdk/build"
import { build } from "vite"
import { root } from "../house/floors.ts"

/** The console as the program serves it, and the packages that are in it. */
export interface BuiltConsole {
  readonly files: readonly ArchiveFile[]
  /** Folders of packages, from the root: `node_modules/react`. */
  readonly packages: readonly string[]
}

/** Builds the console into `dist/console`, which is where the published program looks for it. */
export const buildConsole = async (): Promise<BuiltConsole> => {
  const outDir = mkdtempSync(join(tmpdir(), "millrace-console-"))
  try {
    const folder = join(root, "runtime/console")
    const built = await build({
      root: folder,
      configFile: join(folder, "vite.config.ts"),
      logLevel: "warn",
      build: { outDir, emptyOutDir: true }
    })
    const outputs = (Array.isArray(built) ? built : [built]).flatMap((each) =>
      "output" in each ? each.output : []
    )
    const modules = outputs.flatMap((each) => (each.type === "chunk" ? each.moduleIds : []))
    return { files: filesIn(outDir), packages: packagesOf(modules) }
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}

const filesIn = (folder: string): readonly ArchiveFile[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ name: `dist/console/${relative(folder, path)}`, content: readFileSync(path) }))

const packagesOf = (modules: readonly string[]): readonly string[] => {
  const folders = modules.flatMap((path) => {
    const inside = relative(root, path.replace(/^\0/, "").split("?")[0] ?? "")
    return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(inside)?.slice(0, 1) ?? []
  })
  return [...new Set(folders)].toSorted()
}
