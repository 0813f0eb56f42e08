/** Connections to one broker for what waits for followers: it holds up whatever is on the same one. */
const laneCount = 4

/** Short questions of all kinds. */
export const commonLane = "common"

/** The lane of what has an order of its own, which it keeps: a transactional id, a topic. */
export function laneOf(purpose: string, key: string): string {
  let hash = 0
  for (let index = 0; index < key.length; index += 1) hash = (hash * 31 + key.charCodeAt(index)) | 0
  return `${purpose}-${(hash >>> 0) % laneCount}`
}
