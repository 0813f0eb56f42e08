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

/** How a version stands to the one before it. */
export interface VersionStep {
  /** Null: the package is new, or this is its lowest version. */
  readonly previous: string | null
  readonly changes: readonly PackageChange[]
  readonly required: Bump
  readonly smallest: string
  readonly isAllowed: boolean
}

/** Compares a manifest with the highest version below it: a late patch of an old line is held to its own line. */
export const versionStep = Effect.fnUntraced(function* (manifest: PackageManifest) {
  const { name, version } = manifest
  const published = yield* versionsOf(name)
  const before = descending(published).find((each) => semver.lt(each.version, version))
  if (before === undefined)
    return {
      previous: null,
      changes: [],
      required: "patch",
      smallest: version,
      isAllowed: true
    } satisfies VersionStep
  const changes = packageChanges((yield* knownVersion(name, before.version)).manifest, manifest)
  const required = requiredBump(changes)
  return {
    previous: before.version,
    changes,
    required,
    smallest: freeVersion(before.version, required, new Set(published.map((each) => each.version))),
    isAllowed: isEnough(allowedBump(before.version, version), required)
  } satisfies VersionStep
})

/** A number that is taken cannot be advised. */
const freeVersion = (from: string, bump: Bump, taken: ReadonlySet<string>): string => {
  let version = nextVersion(from, bump)
  while (taken.has(version)) version = nextVersion(version, "patch")
  return version
}

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
