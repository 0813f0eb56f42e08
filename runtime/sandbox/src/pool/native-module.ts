import { fileURLToPath } from "node:url"
import { loadNative } from "../protocol/native-module.ts"
import type { NativeModule } from "../protocol/native-module.ts"

const name = `sandbox-${process.platform}-${process.arch}.node`

/** Where the module is that npm compiles (native/build.js); it may not be there. */
export const nativePath: string = fileURLToPath(new URL(`../../native/${name}`, import.meta.url))

let known: { readonly module: NativeModule | undefined } | undefined

/** The module; undefined where this machine has none. */
export function nativeModule(): NativeModule | undefined {
  known ??= { module: loadNative(nativePath) }
  return known.module
}

/** Whether calls go to sandbox processes through memory that both sides map; else each byte is copied four times more. */
export function hasNativeModule(): boolean {
  return nativeModule() !== undefined
}
