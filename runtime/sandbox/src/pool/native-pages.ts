import { fileURLToPath } from "node:url"
import { loadPages } from "../protocol/shared-pages.ts"
import type { SharedPages } from "../protocol/shared-pages.ts"

const name = `shared-pages-${process.platform}-${process.arch}.node`

/** Where the module is that maps memory (native/build.js); it may not be there. */
export const nativePath: string = fileURLToPath(new URL(`../../native/${name}`, import.meta.url))

let known: { readonly pages: SharedPages | undefined } | undefined

/** Memory that processes map; undefined where this machine has none. */
export function sharedPages(): SharedPages | undefined {
  known ??= { pages: loadPages(nativePath) }
  return known.pages
}

/** Whether calls go to sandbox processes through memory that both sides map; else each byte is copied four times more. */
export function hasSharedPages(): boolean {
  return sharedPages() !== undefined
}
