import type * as Schema from "effect/Schema"
import type { GuestHost, GuestRecord } from "../guest/abi.ts"
import type { Permission } from "../permission/permission.ts"
import type { AnyContract } from "../plugin/contract.ts"

/**
 * What a plugin asks for in `uses`: at once a line in its manifest and, in its bodies, a typed handle of this name.
 * `Keyed` marks what is kept by the record's key and therefore needs a `keyBy`.
 */
export interface Capability<Handle, Keyed extends boolean = false> {
  readonly keyed: Keyed
  readonly need: Need<Handle>
}

/** The handle's type, for bodies. */
export type HandleOf<C> = C extends Capability<infer Handle, boolean> ? Handle : never

/** The capabilities that a plugin declares, by the names its bodies use. */
export interface Uses {
  readonly [name: string]: Capability<unknown, boolean>
}

/** What a capability puts into the manifest, and how its handle is made in the guest. */
export type Need<Handle> =
  | StateNeed<Handle>
  | TimersNeed<Handle>
  | TableNeed<Handle>
  | PermissionNeed<Handle>
  | MetricNeed<Handle>

/** Keyed state; its name is the handle's. The handle is made for each record. */
export interface StateNeed<Handle> {
  readonly need: "state"
  readonly kind: "value" | "map"
  readonly schema: Schema.Top
  readonly mapKey?: Schema.Top
  readonly ttlMs?: number
  readonly migrate: readonly StateMigration[]
  readonly make: (record: GuestRecord, name: string) => Handle
}

/** What makes a value of now from one of an earlier version. */
export interface StateMigration {
  readonly from: Schema.Top
  readonly to: (old: unknown) => unknown
}

/** Timers of the record's key. The handle is made for each record. */
export interface TimersNeed<Handle> {
  readonly need: "timers"
  readonly make: (record: GuestRecord, name: string) => Handle
}

/** A lookup table; without a contract it takes any keyed stream. */
export interface TableNeed<Handle> {
  readonly need: "table"
  readonly contract: AnyContract | undefined
  readonly make: MakeHandle<Handle>
}

/** What the worker does for the plugin, and an operator has to grant. */
export interface PermissionNeed<Handle> {
  readonly need: "permissions"
  readonly permissions: readonly Permission[]
  readonly make: MakeHandle<Handle>
}

/** What needs no grant: logs and metrics. */
export interface MetricNeed<Handle> {
  readonly need: "nothing"
  readonly make: MakeHandle<Handle>
}

/** Makes the one handle of an opened plugin; it outlives records. `config`: the node's, decoded. */
export type MakeHandle<Handle> = (host: GuestHost, name: string, config: unknown) => Handle
