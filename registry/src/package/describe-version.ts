import type { VersionDescription } from "@millrace/sdk/api"
import { packageChanges, requiredBump } from "@millrace/sdk/manifest"
import { describePermission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import semver from "semver"
import { contractLines } from "../page/contract-lines.ts"
import { Packages } from "./packages.ts"

/** Says what a version offers, and what it changed against another one: the highest below it unless told. */
export const describeVersion = Effect.fn("describeVersion")(function* (
  name: string,
  version: string,
  against: string | undefined
) {
  const packages = yield* Packages
  const { manifest } = yield* packages.version(name, version)
  const { versions } = yield* packages.get(name)
  const other = against ?? versions.find((each) => semver.lt(each.version, version))?.version
  const before = other === undefined ? undefined : (yield* packages.version(name, other)).manifest
  const changes = before === undefined ? [] : packageChanges(before, manifest)
  return {
    name,
    version,
    plugins: manifest.plugins.map((plugin) => ({
      name: plugin.name,
      kind: plugin.kind,
      description: plugin.description ?? null,
      contracts: contractLines(plugin),
      permissions: plugin.permissions.map(({ permission }) => describePermission(permission)),
      state: plugin.state.map((each) => each.name)
    })),
    against: other ?? null,
    changes,
    required: requiredBump(changes)
  } satisfies VersionDescription
})
