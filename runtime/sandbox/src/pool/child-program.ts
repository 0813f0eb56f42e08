import { createRequire } from "node:module"
import { dirname, extname } from "node:path"
import { nativePath } from "./native-module.ts"
import { makeModuleText } from "../loader/module-text.ts"

/** Texts that a sandbox process is made of; computed once for a worker. */
export interface ChildProgram {
  /** CommonJS text for `node -e`: a function, to be called. */
  readonly program: string
  /** Body of a function that answers the harness's exports. */
  readonly harness: Uint8Array
  /** What the process may read. */
  readonly readable: readonly string[]
  /** Of these, folders that it cannot do without: isolated-vm's. */
  readonly needed: readonly string[]
}

/** Folders that it must be able to read. */
export function childFolders(): readonly string[] {
  return childProgram().needed
}

let made: ChildProgram | undefined

export function childProgram(): ChildProgram {
  made ??= make()
  return made
}

function make(): ChildProgram {
  // TypeScript here, JavaScript in the published package.
  const extension = extname(import.meta.filename)
  const program = makeModuleText(new URL(`../child/main${extension}`, import.meta.url).href)
  const harness = makeModuleText(new URL(`../guest/harness${extension}`, import.meta.url).href)
  const require = createRequire(import.meta.url)
  const native = require.resolve("isolated-vm")
  const loader = createRequire(native).resolve("node-gyp-build")
  const needed = [`${dirname(native)}/`, `${dirname(loader)}/`]
  return {
    program: `(function () {\n${program.text}\n})().main`,
    harness: Buffer.from(harness.text, "utf8"),
    readable: [...needed, `${dirname(nativePath)}/`, "/etc/alpine-release"],
    needed
  }
}
