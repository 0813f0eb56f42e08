import { noWatermark } from "@millrace/sdk/record"
import type { Commit } from "./transport.ts"

/**
 * What each output of a commit says of event time; undefined: it keeps what it has. INVARIANT: of each partition the last alone carries
 * the commit's watermark. Behind the others there is more of the same commit, older than it, and a reader may stop between two.
 */
export function carriedWatermarks({
  outputs,
  watermark
}: Pick<Commit, "outputs" | "watermark">): readonly (number | undefined)[] {
  if (watermark === undefined) return outputs.map(() => undefined)
  const told = new Set<string>()
  return outputs
    .toReversed()
    .map(({ partition, topic }) => {
      const place = `${topic}/${partition}`
      const isLast = !told.has(place)
      told.add(place)
      return isLast ? watermark : noWatermark
    })
    .reverse()
}
