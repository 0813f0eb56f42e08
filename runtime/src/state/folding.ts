import { encodeStoredValue } from "@millrace/sdk/record"
import { isExpired } from "./overlay.ts"
import type { OverlayGroup, StateOverlay } from "./overlay.ts"

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
  const groups = [...overlay.all()].sort((a, b) => Buffer.compare(a.prefix, b.prefix))
  for (const group of groups) foldGroup(group, target, options)
}

function foldGroup(
  group: OverlayGroup,
  target: FoldTarget,
  options: { readonly now: number; readonly schemaId: (storedKey: Uint8Array) => number }
): void {
  if (group.cleared) target.removeUnder(group.prefix)
  for (const entry of group.entries.values()) {
    if (entry.form === "deleted" || isExpired(entry.expiry, options.now)) {
      target.remove(entry.storedKey)
      continue
    }
    target.put(
      entry.storedKey,
      encodeStoredValue({
        schemaId: options.schemaId(entry.storedKey),
        expiry: entry.expiry,
        value: entry.value,
        ...(entry.longKey === undefined ? {} : { key: entry.longKey }),
        ...(entry.longMapKey === undefined ? {} : { mapKey: entry.longMapKey })
      })
    )
  }
}
