import { contractClassName, contractModule } from "@millrace/sdk/contract"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import { type LockedContract } from "../project/lock-file.ts"
import { writeWhole } from "../project/write-whole.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import type { ContractSchema } from "./contract-schema.ts"
import { contractSchema } from "./contract-schema.ts"

/** What became of a generated module. */
export type ModuleState = "unchanged" | "written" | "rewritten"

const firstWords = "// Generated from "

/** The text of a contract's module, from its entry in the lock. Fails when the entry was tampered with. */
export const moduleText = Effect.fnUntraced(function* (subject: string, locked: LockedContract) {
  const { sha256, type } = yield* contractSchema(locked.schema, `the lock's schema of ${subject}`)
  if (sha256 !== locked.sha256) return yield* tampered(subject)
  const origin =
    locked.source === undefined ? `${subject}, version ${locked.version}` : `${subject}, ${locked.source}`
  return contractModule({ subject, schema: type, key: locked.key, origin, className: locked.className })
})

/** Name of the class of a schema, where nobody said another. */
export const classNameOf = (subject: string, { type }: ContractSchema): string =>
  contractClassName({ subject, schema: type, key: [], origin: "" })

/** What a module's file is and should be. */
export const moduleState = Effect.fnUntraced(function* (file: string, text: string) {
  const fs = yield* FileSystem.FileSystem
  const there = yield* Effect.option(fs.readFileString(file))
  if (Option.isNone(there)) return "written" satisfies ModuleState
  if (there.value === text) return "unchanged" satisfies ModuleState
  if (there.value.startsWith(firstWords)) return "rewritten" satisfies ModuleState
  return yield* new CommandError({
    code: "FILE_EXISTS",
    message: "a file is there that was not generated; it is left as it is",
    where: file,
    remedy: "rename it, or give the contract another folder with --out",
    exit: exitCode.failed
  })
})

/** Writes the module of a contract, where it is not there already. */
export const writeModule = Effect.fn("writeModule")(function* (
  folder: string,
  subject: string,
  locked: LockedContract
) {
  const path = yield* Path.Path
  const text = yield* moduleText(subject, locked)
  const file = path.join(folder, locked.module)
  const state = yield* moduleState(file, text)
  if (state !== "unchanged") yield* writeWhole(file, text)
  return state
})

const tampered = (subject: string) =>
  new CommandError({
    code: "LOCK_TAMPERED",
    message: `the schema of ${subject} in the lock is not the one that its sha256 names`,
    where: `millrace.lock.json, contracts.${subject}`,
    remedy: "take the lock back from version control, or add the contract again",
    exit: exitCode.badInput
  })
