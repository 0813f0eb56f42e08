import type { Bump } from "./package-change.ts"

interface Parts {
  readonly major: number
  readonly minor: number
  readonly patch: number
  readonly isPrerelease: boolean
}

/** The numbers of a version that was checked before (`Version` of the API). */
const partsOf = (version: string): Parts => {
  const [release = "", ...prerelease] = version.split("-")
  const [major = 0, minor = 0, patch = 0] = release.split(".").map(Number)
  return { major, minor, patch, isPrerelease: prerelease.length > 0 }
}

/**
 * The most that may change from one version to a higher one, so that whoever takes upgrades within npm's caret range
 * (`^1.2.3`, `^0.2.3`, `^0.0.3`) is not broken. A prerelease promises nothing to those that come after it.
 */
export const allowedBump = (from: string, to: string): Bump => {
  const before = partsOf(from)
  const after = partsOf(to)
  if (before.isPrerelease || before.major !== after.major) return "major"
  if (before.major > 0) return before.minor === after.minor ? "patch" : "minor"
  if (before.minor !== after.minor || before.minor === 0) return "major"
  // ^0.2.3 takes 0.2.4: below 1.0.0 there is no number of its own for what only adds.
  return "minor"
}

/** The smallest version above one that allows a change. */
export const nextVersion = (version: string, bump: Bump): string => {
  const { isPrerelease, major, minor, patch } = partsOf(version)
  if (isPrerelease) return `${major}.${minor}.${patch}`
  if (major > 0) {
    if (bump === "major") return `${major + 1}.0.0`
    return bump === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
  }
  return bump === "major" && minor > 0 ? `0.${minor + 1}.0` : `0.${minor}.${patch + 1}`
}
