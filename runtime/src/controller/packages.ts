import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { PackageUnavailable, ResolvedPackage, WantedPackage } from "../plan/dependencies.ts"

/** Where the controller gets packages from: the registry, by an adapter of the program. */
export class Packages extends Context.Service<
  Packages,
  { readonly resolve: (wanted: WantedPackage) => Effect.Effect<ResolvedPackage, PackageUnavailable> }
>()("millrace/controller/Packages") {}
