import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import { type LockedContract, readLock, writeLock } from "../project/lock-file.ts"
import { readAvsc } from "./avsc-file.ts"
import { type ContractChange, contractChanges } from "./change-meaning.ts"
import { contractSchema, schemaJson } from "./contract-schema.ts"
import { moduleState, type ModuleState, moduleText, writeModule } from "./generated-module.ts"

/** What became, or would become, of one contract's code. */
export interface ContractTypes {
  readonly subject: string
  readonly version: number | null
  readonly module: string
  readonly state: ModuleState
  /** Against what the lock held, for one whose truth is a file. */
  readonly changes: readonly ContractChange[]
}

/** Makes the code of every locked contract anew: files are read again, versions of the registry are as they were locked. */
export const regenerateTypes = Effect.fn("regenerateTypes")(function* (folder: string) {
  const lock = yield* readLock(folder)
  const fresh = yield* freshContracts(folder, lock.contracts)
  const types = yield* Effect.forEach(fresh, ({ changes, locked, subject }) =>
    Effect.map(writeModule(folder, subject, locked), (state) => typesOf(subject, locked, state, changes))
  )
  if (fresh.some(({ changes }) => changes.length > 0)) {
    const contracts = Object.fromEntries(fresh.map(({ locked, subject }) => [subject, locked]))
    yield* writeLock(folder, { ...lock, contracts })
  }
  return types
})

/** What {@link regenerateTypes} would do; nothing is written. */
export const checkTypes = Effect.fn("checkTypes")(function* (folder: string) {
  const path = yield* Path.Path
  const lock = yield* readLock(folder)
  const fresh = yield* freshContracts(folder, lock.contracts)
  return yield* Effect.forEach(fresh, ({ changes, locked, subject }) =>
    moduleText(subject, locked).pipe(
      Effect.flatMap((text) => moduleState(path.join(folder, locked.module), text)),
      Effect.map((state) => typesOf(subject, locked, state, changes))
    )
  )
})

const typesOf = (
  subject: string,
  { module, version }: LockedContract,
  state: ModuleState,
  changes: readonly ContractChange[]
): ContractTypes => ({ subject, version, module, state, changes })

const freshContracts = (folder: string, contracts: { readonly [subject: string]: LockedContract }) =>
  Effect.forEach(Object.entries(contracts), ([subject, locked]) =>
    Effect.map(freshContract(folder, subject, locked), (fresh) => ({ subject, ...fresh }))
  )

const freshContract = Effect.fnUntraced(function* (folder: string, subject: string, locked: LockedContract) {
  const path = yield* Path.Path
  if (locked.source === undefined) return { locked, changes: [] }
  const { sha256, type } = yield* readAvsc(path.join(folder, locked.source))
  if (sha256 === locked.sha256) return { locked, changes: [] }
  const before = yield* contractSchema(locked.schema, `the lock's schema of ${subject}`)
  return {
    locked: { ...locked, sha256, schema: schemaJson(type) },
    changes: contractChanges(before.type, type)
  }
})
