/** A schema's GUID: the first half of its digest. The same schema has the same one in every context and registry. */
export const guidOf = (sha256: string): string =>
  [
    sha256.slice(0, 8),
    sha256.slice(8, 12),
    sha256.slice(12, 16),
    sha256.slice(16, 20),
    sha256.slice(20, 32)
  ].join("-")

/** What a digest begins with whose GUID this is; undefined when it is none. */
export const digitsOf = (guid: string): string | undefined => {
  const lower = guid.toLowerCase()
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lower) ? lower.replaceAll("-", "") : undefined
}
