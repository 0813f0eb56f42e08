import { closeSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { loadNative } from "../protocol/native-module.ts"
import type { NativeModule } from "../protocol/native-module.ts"

const pageBytes = 4096
const name = `sandbox-${process.platform}-${process.arch}.node`

/** Where the module is that npm compiles (native/build.js); it may not be there. */
export const nativePath: string = fileURLToPath(new URL(`../../native/${name}`, import.meta.url))

let known: { readonly module: NativeModule | undefined } | undefined

/** The module; undefined where this machine has none. */
export function nativeModule(): NativeModule | undefined {
  known ??= { module: loadNative(nativePath) }
  return known.module
}

/** Whether large calls go to sandbox processes through memory that both sides map; else each byte is copied four times more. */
export function mapsMemory(): boolean {
  const module = nativeModule()
  if (module === undefined) return false
  try {
    const descriptor = module.create(pageBytes)
    try {
      return module.map(descriptor, 0, pageBytes).byteLength === pageBytes
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return false
  }
}
