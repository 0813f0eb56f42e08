import type { AnyContract, KeyOf } from "../plugin/contract.ts"
import type { DerivedRow } from "../plugin/derive.ts"
import type { Capability } from "./capability.ts"
import { tableHandle } from "./lookup-table-boundary.ts"

/** A read-only keyed view of a stream: the last row of every key. Its offset is part of the commit. */
export interface LookupTable<Key, Row> {
  /** The row of this key; a key of several fields is an array in the contract's order. Memory, not a call. */
  get(key: Key): Row | undefined
}

/** A lookup table of a contract's records, fed by the stream that the pipeline names for the handle. */
export function lookupTable<C extends AnyContract>(contract: C): Capability<LookupTable<KeyOf<C>, C["Type"]>>
/** A lookup table of any keyed stream; a derived contract says which of its fields are read. */
export function lookupTable(): Capability<LookupTable<unknown, DerivedRow>>
export function lookupTable(contract?: AnyContract): Capability<LookupTable<unknown, unknown>> {
  return { keyed: false, need: { need: "table", contract, make: (host, name) => tableHandle(host, name) } }
}
