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
  /** Folders that the process must read: the native module's. */
  readonly readable: readonly string[]
}

/** Folders that it must be able to read. */
export function childFolders(): readonly string[] {
  return childProgram().readable.filter((path) => path.endsWith("/"))
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
  return {
    program: `(function () {\n${program.text}\n})().main`,
    harness: Buffer.from(harness.text, "utf8"),
    readable: [`${dirname(native)}/`, `${dirname(loader)}/`, `${dirname(nativePath)}/`, "/etc/alpine-release"]
  }
}
