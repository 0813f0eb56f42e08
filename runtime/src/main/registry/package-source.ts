import type { ApiError, VersionSummary } from "@millrace/sdk/api"
import { openArchive, Packages as RegistryPackages, type StoreError } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Packages } from "../../controller/packages.ts"
import { FirstParty, firstPartyScope } from "./first-party.ts"
import { PackageUnavailable, type ResolvedPackage, type WantedPackage } from "../../plan/index.ts"

/** A yanked version is found by a lock or its exact number alone. */
const warningOf = ({
  deprecated,
  yanked
}: Pick<VersionSummary, "deprecated" | "yanked">): string | undefined => {
  if (yanked !== null) return `was yanked: ${yanked}; take another with --upgrade`
  return deprecated === null ? undefined : `is deprecated: ${deprecated}`
}

/** The controller's source of packages: the registry of this platform. Archives are verified against their digest at every read. */
export const packageSourceLayer = Layer.effect(
  Packages,
  Effect.gen(function* () {
    const packages = yield* RegistryPackages
    const { published } = yield* FirstParty

    const fetch = Effect.fnUntraced(function* (name: string, version: string) {
      const { bytes, integrity } = yield* packages.archive(name, version)
      const { manifest, bundle } = yield* openArchive(bytes)
      const warning = warningOf(yield* packages.version(name, version))
      return {
        version,
        integrity,
        manifest,
        bundle,
        ...(warning === undefined ? {} : { warning })
      } satisfies ResolvedPackage
    })

    const resolve = Effect.fnUntraced(function* ({ name, range, locked }: WantedPackage) {
      if (name.startsWith(firstPartyScope)) yield* published
      if (locked === undefined) return yield* fetch(name, (yield* packages.resolve(name, range)).version)
      const found = yield* fetch(name, locked.version)
      if (found.integrity === locked.integrity) return found
      return yield* new PackageUnavailable({
        reason: "lockMismatch",
        message: `${name}@${locked.version} is not the archive that the lock names`,
        candidates: []
      })
    })

    const names = Effect.map(packages.list({ limit: 1000 }), (page) => page.packages.map(({ name }) => name))
    const versions = (name: string) =>
      Effect.map(packages.get(name), (detail) => detail.versions.map(({ version }) => version))

    const unavailable = (name: string, error: ApiError | StoreError) =>
      Effect.gen(function* () {
        const code = "code" in error ? error.code : "STORE_FAILED"
        if (code === "PACKAGE_UNKNOWN") {
          return new PackageUnavailable({
            reason: "unknownPackage",
            message: error.message,
            candidates: yield* names
          })
        }
        if (code === "RANGE_UNSATISFIED" || code === "VERSION_UNKNOWN") {
          return new PackageUnavailable({
            reason: "unknownVersion",
            message: error.message,
            candidates: yield* versions(name)
          })
        }
        return new PackageUnavailable({
          reason: "failed",
          message: "operation" in error ? error.operation : error.message,
          candidates: []
        })
      }).pipe(
        Effect.orElseSucceed(
          () =>
            new PackageUnavailable({
              reason: "failed",
              message: "the registry could not reach its store",
              candidates: []
            })
        )
      )

    return Packages.of({
      resolve: (wanted) =>
        Effect.catch(resolve(wanted), (error) =>
          error._tag === "PackageUnavailable"
            ? Effect.fail(error)
            : Effect.flatMap(unavailable(wanted.name, error), Effect.fail)
        )
    })
  })
)
