import { readFileSync, readdirSync } from "node:fs"
import { join, relative } from "node:path"
import type { ArchiveFile } from "@millrace/sdk/build"
import { build } from "esbuild"
import { root } from "../house/floors.ts"
import { buildConsole } from "./console.ts"

/**
 * Packages that the program loads as they are: they have native code, are read as files (the sandbox makes its programs of
 * its own modules), or are installed anyhow because authors import them. All else is bundled into it: a project then
 * installs a fifth of the files.
 */
export const loadedPackages = [
  "@millrace/sdk",
  "@millrace/sandbox",
  "effect",
  "lmdb",
  "@node-rs/crc32"
] as const

/** The `millrace` program as few modules, the console that it serves, and the licences of what was bundled into them. */
export const bundleProgram = async (): Promise<readonly ArchiveFile[]> => {
  const console = await buildConsole()
  const { inputs, modules } = await bundleModules()
  return [
    ...modules.map(({ content, name }) => ({ name: `dist/${name}`, content })),
    ...console.files,
    { name: "THIRD_PARTY.md", content: Buffer.from(notices([...inputs, ...console.packages])) }
  ]
}

/** The program alone, `main.js` among its modules, and what went into them. */
export const bundleModules = async (): Promise<{
  readonly modules: readonly ArchiveFile[]
  readonly inputs: readonly string[]
}> => {
  const outdir = join(root, "runtime/dist")
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["runtime/src/main/main.ts", "runtime/src/transport/embedded/inspect-child.ts"],
    outdir,
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node24",
    external: loadedPackages.flatMap((name) => [name, `${name}/*`]),
    // Packages of the older module form ask for Node's own modules by `require`.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);'
    },
    legalComments: "none",
    charset: "utf8",
    logLevel: "warning"
  })
  return {
    modules: outputFiles.map(({ contents, path }) => ({ name: relative(outdir, path), content: contents })),
    inputs: Object.keys(metafile.inputs)
  }
}

const notices = (inputs: readonly string[]): string => {
  const folders = new Set(
    inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.slice(0, 1) ?? [])
  )
  const parts = [...folders].toSorted().map((folder) => noticeOf(join(root, folder)))
  return ["# Packages that this program holds", ...parts].join("\n\n")
}

const noticeOf = (folder: string): string => {
  const json: { name: string; version: string; license?: string } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8")
  )
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  const text = file === undefined ? (json.license ?? "") : readFileSync(join(folder, file), "utf8").trim()
  return `## ${json.name}@${json.version}\n\n${text}`
}
