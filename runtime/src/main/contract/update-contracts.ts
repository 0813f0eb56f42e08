import type { SubjectVersion } from "@millrace/sdk/api"
import { checkCompatibility } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import { type LockedContract, readLock, writeLock } from "../project/lock-file.ts"
import { type ContractChange, contractChanges } from "./change-meaning.ts"
import { contractSchema, schemaJson } from "./contract-schema.ts"
import { writeModule } from "./generated-module.ts"

/** What an update made of one contract. */
export interface ContractUpdate {
  readonly subject: string
  readonly module: string
  readonly from: number
  readonly to: number
  readonly changes: readonly ContractChange[]
  /** Newer versions that could not be taken, the newest first. */
  readonly refused: readonly { readonly version: number; readonly problems: readonly string[] }[]
}

/** Fetches all versions of a subject, oldest first. */
export type FetchVersions<E> = (subject: string) => Effect.Effect<readonly SubjectVersion[], E>

/**
 * Takes the newest version of each locked subject that can read what the locked version wrote: a project's records, and
 * those that wait for it, stay readable. One that cannot is taken only by `millrace add contract SUBJECT@VERSION`.
 */
export const updateContracts = Effect.fn("updateContracts")(function* <E>(
  folder: string,
  fetchVersions: FetchVersions<E>
) {
  const lock = yield* readLock(folder)
  const contracts: { [subject: string]: LockedContract } = { ...lock.contracts }
  const updates: ContractUpdate[] = []
  for (const [subject, locked] of Object.entries(lock.contracts)) {
    if (locked.version === null) continue
    const update = yield* newestCompatible(subject, locked, locked.version, yield* fetchVersions(subject))
    updates.push(update.told)
    if (update.locked !== undefined) contracts[subject] = update.locked
  }
  yield* Effect.forEach(
    Object.entries(contracts),
    ([subject, locked]) => writeModule(folder, subject, locked),
    {
      discard: true
    }
  )
  yield* writeLock(folder, { ...lock, contracts })
  return updates
})

const newestCompatible = Effect.fnUntraced(function* (
  subject: string,
  locked: LockedContract,
  from: number,
  versions: readonly SubjectVersion[]
) {
  const before = (yield* contractSchema(locked.schema, `the lock's schema of ${subject}`)).type
  const refused: { readonly version: number; readonly problems: readonly string[] }[] = []
  const told = { subject, module: locked.module, from }
  for (const { key, schema, version } of versions.toReversed()) {
    if (version <= from) break
    const fresh = yield* contractSchema(schema, `${subject}@${version}`)
    const { compatible, problems } = checkCompatibility("BACKWARD", fresh.type, [before])
    if (compatible) {
      const changes = contractChanges(before, fresh.type)
      const taken = { ...locked, version, key, sha256: fresh.sha256, schema: schemaJson(fresh.type) }
      return { told: { ...told, to: version, changes, refused }, locked: taken }
    }
    refused.push({
      version,
      problems: problems.map(({ message, path }) => (path === "" ? message : `${path}: ${message}`))
    })
  }
  return { told: { ...told, to: from, changes: [], refused } }
})
