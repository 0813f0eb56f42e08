import type { Json } from "../../../avro/type.ts"
import { differing } from "../differing.ts"
import type { Finding } from "../rule.ts"
import { type Given, givenBy, type Read } from "./source-subject.ts"

/**
 * Whether reads give what others gave. Of a partition that has not ended in both, as far as both went: how far one gets depends on
 * how many reads there were.
 */
export const unlikeReads = (
  did: string,
  expected: readonly Read[],
  actual: readonly Read[]
): readonly (Finding | undefined)[] => {
  const [wanted, came] = [givenBy(expected), givenBy(actual)]
  return Object.entries(wanted).flatMap(([partition, given]) => {
    const other = came[partition]
    if (other === undefined)
      return [{ did, expected: `partition ${JSON.stringify(partition)}`, came: "no such partition" }]
    return unlikeGiven(did, given, other)
  })
}

export const unlikeGiven = (
  did: string,
  expected: Given,
  actual: Given
): readonly (Finding | undefined)[] => {
  const isWhole = expected.isEnded && actual.isEnded
  return [
    unlikeLists(did, expected.records, actual.records, isWhole, "records"),
    unlikeLists(did, expected.rejected, actual.rejected, isWhole, "rejected")
  ]
}

const unlikeLists = (
  did: string,
  expected: readonly Json[],
  actual: readonly Json[],
  isWhole: boolean,
  path: string
): Finding | undefined => {
  const both = isWhole ? Infinity : Math.min(expected.length, actual.length)
  return differing(did, expected.slice(0, both), actual.slice(0, both), path)
}

/** What one read gave, as far as it must be the same again. */
export const readJson = ({ next, position, records, rejected }: Read): Json => ({
  records,
  rejected: rejected.map(({ raw }) => raw),
  position,
  next
})
