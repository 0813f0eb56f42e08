import * as Schema from "effect/Schema"

/** How far a change must raise the version. */
export const Bump = Schema.Literals(["patch", "minor", "major"])
export type Bump = typeof Bump.Type

/** One difference between two versions of a package, and the least that the version must be raised for it. */
export const PackageChange = Schema.Struct({
  area: Schema.Literals(["plugin", "input", "output", "config", "permission", "state", "delivery"]),
  /** The plugin's name. */
  plugin: Schema.String,
  /** Where in the plugin: `inputs.orders.amount`, `config/where`; empty for the plugin itself. */
  path: Schema.String,
  /** In one line, for people. */
  text: Schema.String,
  bump: Bump,
  /** It asks an operator for more than before. */
  widens: Schema.Boolean,
  /** Whom it concerns, by the node's config: only those that give a value there, or only those that do not; absent: all. */
  concerns: Schema.optionalKey(
    Schema.Struct({ pointer: Schema.String, when: Schema.Literals(["given", "absent"]) })
  )
})
export type PackageChange = typeof PackageChange.Type

const order: { readonly [B in Bump]: number } = { patch: 0, minor: 1, major: 2 }

/** True when a bump allows what needs another. */
export const isEnough = (allowed: Bump, needed: Bump): boolean => order[allowed] >= order[needed]

/** The least that the version must be raised for all of the changes: a patch when there is none. */
export const requiredBump = (changes: readonly Pick<PackageChange, "bump">[]): Bump =>
  changes.reduce<Bump>((most, { bump }) => (isEnough(most, bump) ? most : bump), "patch")

/** A change of one plugin, before it is known of which. */
export type PluginChange = Omit<PackageChange, "plugin">

/** A change that asks for nothing more. */
export const change = (
  area: PackageChange["area"],
  path: string,
  text: string,
  bump: Bump,
  concerns?: PackageChange["concerns"]
): PluginChange => ({
  area,
  path,
  text,
  bump,
  widens: false,
  ...(concerns === undefined ? {} : { concerns })
})
