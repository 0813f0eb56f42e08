import { Integrity, PackageName, SubjectName, Version } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { writeWhole } from "./write-whole.ts"

export const lockFileName = "millrace.lock.json"

/** A generated module lies in the project: a lock that came with a repository names no other file. */
const ModulePath = Schema.String.check(
  Schema.isPattern(/^(?![/\\])(?![A-Za-z]:)(?!(?:.*[/\\])?\.\.(?:[/\\]|$))[^\0]+\.ts$/u, {
    expected: "a .ts file inside the project"
  })
)

/** A contract that the project has code of. The schema is here whole, so that the code is made again without a registry. */
export const LockedContract = Schema.Struct({
  /** Version of the subject; null for one whose truth is a file. */
  version: Schema.NullOr(Schema.Int),
  /** Where the version came from. */
  registry: Schema.optionalKey(Schema.String),
  /** The .avsc file that is the truth, relative to the lock. */
  source: Schema.optionalKey(Schema.String),
  key: Schema.Array(Schema.String),
  /** The generated module, relative to the lock. */
  module: ModulePath,
  className: Schema.String.check(Schema.isPattern(/^[A-Za-z_$][A-Za-z0-9_$]*$/)),
  /** SHA-256 of the schema's text, in hex. */
  sha256: Schema.String,
  schema: Schema.Json
})
export type LockedContract = typeof LockedContract.Type

/** A package that a pipeline of the project was given. */
export const LockedPackage = Schema.Struct({ range: Schema.String, version: Version, integrity: Integrity })
export type LockedPackage = typeof LockedPackage.Type

/** `millrace.lock.json`: what the project took from a registry, to the byte. */
export const ProjectLock = Schema.Struct({
  lock: Schema.Literal(1),
  contracts: Schema.Record(SubjectName, LockedContract),
  packages: Schema.Record(PackageName, LockedPackage)
})
export type ProjectLock = typeof ProjectLock.Type

const ProjectLockJson = Schema.fromJsonString(ProjectLock)

const empty: ProjectLock = { lock: 1, contracts: {}, packages: {} }

/** The project that a command works in: the nearest folder with a lock or a package.json, else this one. */
export const projectFolder = Effect.fn("projectFolder")(function* (cwd: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (const name of [lockFileName, "package.json"]) {
    for (let folder = cwd; ; folder = path.dirname(folder)) {
      if (yield* Effect.orElseSucceed(fs.exists(path.join(folder, name)), () => false)) return folder
      if (path.dirname(folder) === folder) break
    }
  }
  return cwd
})

/** The lock of a project; an empty one where there is none yet. Fails when what is there is none. */
export const readLock = Effect.fn("readLock")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, lockFileName)
  const text = yield* Effect.option(fs.readFileString(file))
  if (Option.isNone(text)) return empty
  return yield* Schema.decodeUnknownEffect(ProjectLockJson)(text.value).pipe(
    Effect.mapError(
      (error) =>
        new CommandError({
          code: "LOCK_UNREADABLE",
          message: `the lock is damaged: ${error.message.split("\n")[0]}`,
          where: file,
          remedy: "take it back from version control, or remove it and add its contracts and packages again",
          exit: exitCode.badInput
        })
    )
  )
})

/** Writes the lock, sorted, so that the same content is the same text. */
export const writeLock = Effect.fn("writeLock")(function* (folder: string, lock: ProjectLock) {
  const path = yield* Path.Path
  const sorted = { ...lock, contracts: byName(lock.contracts), packages: byName(lock.packages) }
  yield* writeWhole(path.join(folder, lockFileName), `${JSON.stringify(sorted, undefined, 2)}\n`)
})

const byName = <A>(entries: { readonly [name: string]: A }): { readonly [name: string]: A } =>
  Object.fromEntries(Object.entries(entries).toSorted(([left], [right]) => (left < right ? -1 : 1)))
