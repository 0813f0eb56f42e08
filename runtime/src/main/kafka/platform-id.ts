import { createHash } from "node:crypto"

/** A platform's id among those of a cluster, of its data folder's secret, which it does not tell. */
export const platformId = (seedKey: Uint8Array): string =>
  createHash("sha256").update(seedKey).digest("hex").slice(0, 12)
