/** Which thousandth of all texts a text belongs to: FNV-1a's hash of it. */
export const thousandthOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % 1_000
}
