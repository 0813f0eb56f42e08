import semver from "semver"

/** What choosing among versions needs to know of them. */
export interface Candidate {
  readonly version: string
  readonly deprecated: string | null
  readonly yanked: string | null
}

/** Highest first. */
export const descending = <C extends Candidate>(versions: readonly C[]): readonly C[] =>
  [...versions].sort((a, b) => semver.rcompare(a.version, b.version))

/** Highest version that is neither yanked nor a prerelease. */
export const latestOf = <C extends Candidate>(versions: readonly C[]): C | undefined =>
  descending(versions).find(({ version, yanked }) => yanked === null && semver.prerelease(version) === null)

/**
 * The version that a range means, by npm's rules: the highest that satisfies it, one that is not deprecated before one
 * that is; `latest` as {@link latestOf}; prereleases only where the range names one of the same version. A yanked version is found by its exact
 * version alone, so that a lock goes on working. Undefined when none satisfies it, or it is not a range.
 */
export const resolveRange = <C extends Candidate>(versions: readonly C[], range: string): C | undefined => {
  const exact = versions.find(({ version }) => version === range.trim())
  if (exact !== undefined) return exact
  if (range === "latest") return latestOf(versions)
  const fitting = descending(versions).filter(
    ({ version, yanked }) => yanked === null && semver.satisfies(version, range)
  )
  return fitting.find(({ deprecated }) => deprecated === null) ?? fitting[0]
}
