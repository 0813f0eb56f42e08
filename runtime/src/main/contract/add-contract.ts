import { SubjectName, type SubjectVersion } from "@millrace/sdk/api"
import { isClassName } from "@millrace/sdk/contract"
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import {
  type LockedContract,
  lockFileName,
  projectFolder,
  type ProjectLock,
  readLock,
  writeLock
} from "../project/lock-file.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { readAvsc } from "./avsc-file.ts"
import { type ContractSchema, contractSchema, schemaJson } from "./contract-schema.ts"
import { classNameOf, writeModule } from "./generated-module.ts"

/** How the author wants the contract. */
export interface ContractOptions {
  /** Folder of the generated modules, from the working folder. */
  readonly out: string
  readonly className: string | undefined
}

/** Where a schema came from. */
type Origin = Pick<LockedContract, "version" | "key" | "registry" | "source">

/** Takes a version of a subject from the registry into the project: a module, and an entry in the lock. */
export const addRegistryContract = Effect.fn("addRegistryContract")(function* (
  found: SubjectVersion,
  registry: string,
  options: ContractOptions
) {
  const schema = yield* contractSchema(found.schema, `${found.subject}@${found.version}`)
  const folder = yield* projectFolder(process.cwd())
  const origin = { version: found.version, key: found.key, registry }
  return yield* place({ folder, subject: found.subject, schema, origin, options })
})

/** Takes an `.avsc` file in: it stays the truth, and the module follows it. */
export const addFileContract = Effect.fn("addFileContract")(function* (
  file: string,
  said: { readonly subject: string | undefined; readonly key: readonly string[] },
  options: ContractOptions
) {
  const path = yield* Path.Path
  const absolute = path.resolve(file)
  const schema = yield* readAvsc(absolute)
  const folder = yield* projectFolder(process.cwd())
  yield* checkKey(said.key, schema, absolute)
  const source = slashed(path.relative(folder, absolute), path)
  const subject = said.subject ?? schema.type.name
  if (!isSubject(subject)) return yield* badSubject(subject)
  return yield* place({ folder, subject, schema, origin: { version: null, key: said.key, source }, options })
})

const isSubject = Schema.is(SubjectName)

interface Placing {
  readonly folder: string
  readonly subject: string
  readonly schema: ContractSchema
  readonly origin: Origin
  readonly options: ContractOptions
}

const place = Effect.fnUntraced(function* ({ folder, options, origin, schema, subject }: Placing) {
  const path = yield* Path.Path
  const lock = yield* readLock(folder)
  const before = Object.hasOwn(lock.contracts, subject) ? lock.contracts[subject] : undefined
  const className = options.className ?? before?.className ?? classNameOf(subject, schema)
  if (!isClassName(className)) return yield* badClassName(className)
  const out = slashed(path.relative(folder, path.resolve(options.out)), path)
  if (out.startsWith("..") || path.isAbsolute(out)) return yield* outsideProject(options.out, folder)
  const locked: LockedContract = {
    ...origin,
    module: before?.module ?? freeModule(lock, subject, `${out === "" ? "" : `${out}/`}${kebab(className)}`),
    className,
    sha256: schema.sha256,
    schema: schemaJson(schema.type)
  }
  const state = yield* writeModule(folder, subject, locked)
  yield* writeLock(folder, { ...lock, contracts: { ...lock.contracts, [subject]: locked } })
  return { subject, ...locked, state, lock: path.join(folder, lockFileName) }
})

/** Two subjects may have classes of one name: the second's module is named for its subject. */
const freeModule = (lock: ProjectLock, subject: string, wanted: string): string => {
  const others = Object.entries(lock.contracts).filter(([name]) => name !== subject)
  const isTaken = (module: string) => others.some(([, locked]) => locked.module === module)
  if (!isTaken(`${wanted}.ts`)) return `${wanted}.ts`
  const folder = wanted.slice(0, wanted.lastIndexOf("/") + 1)
  return `${folder}${subject.replaceAll(/[^A-Za-z0-9]+/g, "-").toLowerCase()}.ts`
}

const kebab = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .toLowerCase()

const slashed = (file: string, path: Path.Path): string => file.split(path.sep).join("/")

const checkKey = (key: readonly string[], { type }: ContractSchema, where: string) => {
  const fields = type.fields.map(({ name }) => name)
  const missing = key.filter((name) => !fields.includes(name))
  if (missing.length === 0) return Effect.void
  return Effect.fail(
    new CommandError({
      code: "KEY_UNKNOWN",
      message: `${missing.join(", ")} is no field of ${type.name}`,
      where,
      remedy: `choose the key's fields among ${fields.slice(0, 20).join(", ")}`,
      exit: exitCode.usage
    })
  )
}

const badSubject = (subject: string) =>
  new CommandError({
    code: "NAME_INVALID",
    message: `${JSON.stringify(subject)} cannot be a subject`,
    remedy: "give --subject letters, digits, ., - and _, at most 200",
    exit: exitCode.usage
  })

const badClassName = (name: string) =>
  new CommandError({
    code: "NAME_INVALID",
    message: `${JSON.stringify(name)} cannot be the name of the contract's class`,
    remedy: "give --name a name such as Movie, which nothing else in the module has",
    exit: exitCode.usage
  })

const outsideProject = (out: string, folder: string) =>
  new CommandError({
    code: "USAGE",
    message: `${out} lies outside the project`,
    where: folder,
    remedy: "choose a folder in the project with --out",
    exit: exitCode.usage
  })
