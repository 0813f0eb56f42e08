import type { GuestHost } from "../guest/abi.ts"
import type { LookupTable } from "./lookup-table.ts"

/** Rows get their type here: the codec decoded them by the schema of the table's contract. */
export const tableHandle = <Key, Row>(host: GuestHost, name: string): LookupTable<Key, Row> => ({
  get: (key) => host.lookup(name, key) as Row | undefined
})
