import { apiError } from "@millrace/sdk/api"
import {
  allowedBump,
  type Bump,
  isEnough,
  nextVersion,
  type PackageChange,
  packageChanges,
  type PackageManifest,
  requiredBump
} from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import semver from "semver"
import { knownVersion, versionsOf } from "./package-rows.ts"
import { descending } from "./version-order.ts"

/** How a version stands to those before it. */
export interface VersionStep {
  /** What it is compared with: the one before it, or an earlier one that it breaks. Null: the package is new, or this is its lowest version. */
  readonly previous: string | null
  readonly changes: readonly PackageChange[]
  readonly required: Bump
  readonly smallest: string
  readonly isAllowed: boolean
}

interface Compared {
  readonly version: string
  readonly changes: readonly PackageChange[]
  readonly required: Bump
}

const isRelease = (version: string): boolean => semver.prerelease(version) === null

/**
 * Compares a manifest with every release that an upgrade to it within npm's caret range may come from: steps that are small
 * one by one may not be so together. A late patch of an old line is held to its own line. Yanked versions count: a lock may still
 * hold one. Prereleases do not: nobody gets away from them but by naming them.
 */
export const versionStep = Effect.fnUntraced(function* (manifest: PackageManifest) {
  const { version } = manifest
  const published = descending(yield* versionsOf(manifest.name)).map((each) => each.version)
  // The version itself too: it is there when somebody asks what should come after it.
  const below = published.filter((each) => semver.lte(each, version))
  const before = below.find(isRelease) ?? below[0]
  if (before === undefined)
    return {
      previous: null,
      changes: [],
      required: "patch",
      smallest: version,
      isAllowed: true
    } satisfies VersionStep
  const compare = yield* comparison(manifest)
  const broken = yield* firstBroken(below, version, compare)
  const { changes, required, version: previous } = broken ?? (yield* compare(before))
  return {
    previous,
    changes,
    required,
    smallest: yield* smallestVersion({ before, required, published, compare }),
    isAllowed: broken === undefined
  } satisfies VersionStep
})

type Compare = ReturnType<typeof comparison> extends Effect.Effect<infer C, infer _E, infer _R> ? C : never

/** Compares with a published version; those whose plugins say the same are compared once. */
const comparison = (manifest: PackageManifest) =>
  Effect.sync(() => {
    const known = new Map<string, readonly PackageChange[]>()
    return Effect.fnUntraced(function* (version: string) {
      const { manifest: before } = yield* knownVersion(manifest.name, version)
      const text = JSON.stringify(before.plugins)
      const changes = known.get(text) ?? packageChanges(before, manifest)
      known.set(text, changes)
      return { version, changes, required: requiredBump(changes) } satisfies Compared
    })
  })

/** The highest release that would be broken by an upgrade to `version` within its caret range. */
const firstBroken = Effect.fnUntraced(function* (
  releases: readonly string[],
  version: string,
  compare: Compare
) {
  for (const each of releases) {
    if (!isRelease(each) || !semver.lt(each, version) || allowedBump(each, version) === "major") continue
    const compared = yield* compare(each)
    if (!isEnough(allowedBump(each, version), compared.required)) return compared
  }
  return undefined
})

/** The lowest number that is free and breaks nobody, above the version that this one follows; else one above all. */
const smallestVersion = Effect.fnUntraced(function* (wanted: {
  readonly before: string
  readonly required: Bump
  readonly published: readonly string[]
  readonly compare: Compare
}) {
  const { before, compare, published, required } = wanted
  const highest = published.find(isRelease) ?? before
  const bumps = (["patch", "minor", "major"] as const).filter((bump) => isEnough(bump, required))
  const candidates = [before, highest].flatMap((from) => bumps.map((bump) => nextVersion(from, bump)))
  for (const candidate of candidates) {
    if (published.includes(candidate)) continue
    if ((yield* firstBroken(published, candidate, compare)) === undefined) return candidate
  }
  return nextVersion(highest, "major")
})

/** Nothing breaks, and nobody is asked for more, by an upgrade within a range. */
export const refuseTooSmall = Effect.fnUntraced(function* (manifest: PackageManifest) {
  const { changes, isAllowed, previous, required, smallest } = yield* versionStep(manifest)
  if (isAllowed || previous === null) return
  return yield* apiError(
    "VERSION_TOO_SMALL",
    {
      package: manifest.name,
      version: manifest.version,
      previous,
      smallest,
      changes: changes
        .filter(({ bump }) => bump === required)
        .map(({ plugin, path, text }) => `${plugin}${path === "" ? "" : ` ${path}`}: ${text}`)
    },
    "version"
  )
})
