import { encodeStoredValue } from "@millrace/sdk/record"
import { isExpired, namedKey } from "./overlay.ts"
import type { OverlayEntry, StateOverlay } from "./overlay.ts"

/** What folding writes to, inside one transaction. */
export interface FoldTarget {
  readonly put: (storedKey: Uint8Array, storedValue: Uint8Array) => void
  readonly remove: (storedKey: Uint8Array) => void
  readonly removeUnder: (prefix: Uint8Array) => void
}

/**
 * Moves the overlay's changes into the ordered store; the overlay itself stays as it is, for the transaction may still
 * fail. Values that have expired by `now` are removed instead. `schemaId`: of each state, by its index.
 */
export function foldOverlay(
  overlay: StateOverlay,
  target: FoldTarget,
  options: { readonly now: number; readonly schemaId: (storedKey: Uint8Array) => number }
): void {
  // In the order of the store: neighbours share pages.
  const groups = [...overlay.all()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  for (const [prefix, group] of groups) {
    if (group.cleared) target.removeUnder(namedKey(prefix))
    if (group.value !== undefined) foldEntry(prefix, group.value, target, options)
    for (const [name, entry] of group.entries ?? []) foldEntry(name, entry, target, options)
  }
}

function foldEntry(
  name: string,
  entry: OverlayEntry,
  target: FoldTarget,
  options: { readonly now: number; readonly schemaId: (storedKey: Uint8Array) => number }
): void {
  const storedKey = namedKey(name)
  if (entry.form === "deleted" || isExpired(entry.expiry, options.now)) {
    target.remove(storedKey)
    return
  }
  target.put(
    storedKey,
    encodeStoredValue({
      schemaId: options.schemaId(storedKey),
      expiry: entry.expiry,
      value: entry.value,
      ...(entry.longKey === undefined ? {} : { key: entry.longKey }),
      ...(entry.longMapKey === undefined ? {} : { mapKey: entry.longMapKey })
    })
  )
}
