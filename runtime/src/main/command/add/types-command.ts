import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { ContractTypes } from "../../contract/regenerate-types.ts"
import type { ContractUpdate } from "../../contract/update-contracts.ts"
import { projectFolder } from "../../project/lock-file.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson, printLines } from "../../terminal/print.ts"
import { printable } from "../../terminal/style.ts"
import { connect } from "../connect.ts"
import { loadContracts } from "../load.ts"
import { root } from "../root.ts"

const flags = {
  check: Flag.Boolean("check").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Write nothing; end with 1 when the code is not what the lock and the files say")
  ),
  update: Flag.Boolean("update").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Take the newest version of each subject that reads what the locked one wrote")
  )
}

/** `millrace types [--check | --update]` */
export const typesCommand = Command.make("types", flags, ({ check, update }) => {
  if (check && update) return Effect.fail(bothAtOnce)
  if (update) return updateAll
  return check ? checkAll : regenerateAll
}).pipe(
  Command.withDescription(
    "Make the code of the project's contracts anew, from millrace.lock.json and .avsc files"
  ),
  Command.withExamples([
    { command: "millrace types", description: "After a change of an .avsc file; needs no platform" },
    { command: "millrace types --check", description: "In CI" },
    {
      command: "millrace types --update",
      description: "Show field by field what newer versions change, and take them"
    }
  ])
)

const ownFolder = Effect.suspend(() => projectFolder(process.cwd()))

const regenerateAll = Effect.gen(function* () {
  const { json } = yield* root
  const { regenerateTypes } = yield* loadContracts
  const types = yield* regenerateTypes(yield* ownFolder)
  return yield* json ? printJson(types) : printTypes(types)
})

const checkAll = Effect.gen(function* () {
  const { json } = yield* root
  const { checkTypes } = yield* loadContracts
  const types = yield* checkTypes(yield* ownFolder)
  yield* json ? printJson(types) : Effect.void
  const stale = types.filter(({ changes, state }) => state !== "unchanged" || changes.length > 0)
  if (stale.length > 0) return yield* staleTypes(stale)
  return yield* json ? Effect.void : printLines([`${types.length} contracts are up to date`])
})

const updateAll = Effect.gen(function* () {
  const { registry, json } = yield* connect
  const { updateContracts } = yield* loadContracts
  const updates = yield* updateContracts(yield* ownFolder, (subject) =>
    Effect.map(registry.listSubjectVersions({ params: { subject } }), ({ versions }) => versions)
  )
  return yield* json ? printJson(updates) : printUpdates(updates)
})

const none = "no contracts yet: add one with `millrace add contract SUBJECT`"

const printTypes = (types: readonly ContractTypes[]) =>
  Effect.flatMap(loadContracts, ({ changeLines }) =>
    printLines(
      types.length === 0
        ? [none]
        : types
            .flatMap(({ changes, module, state, subject, version }) => [
              `${module} ${state}: ${subject}${version === null ? "" : `, version ${version}`}`,
              ...changeLines(changes)
            ])
            .map(printable)
    )
  )

const printUpdates = (updates: readonly ContractUpdate[]) =>
  Effect.flatMap(loadContracts, ({ changeLines }) =>
    printLines(
      updates.length === 0
        ? [none]
        : updates
            .flatMap(({ changes, from, refused, subject, to }) => [
              to === from
                ? `${subject} stays at version ${from}`
                : `${subject} from version ${from} to ${to}`,
              ...changeLines(changes),
              ...refused.flatMap(({ problems, version }) => [
                `  version ${version} cannot read what version ${from} wrote: take it with \`millrace add contract ${subject}@${version}\``,
                ...problems.map((problem) => `      ${problem}`)
              ])
            ])
            .map(printable)
    )
  )

const staleTypes = (stale: readonly ContractTypes[]) =>
  new CommandError({
    code: "TYPES_STALE",
    message: `${stale.map(({ module }) => module).join(", ")}: not what millrace.lock.json and its files say`,
    remedy: "run `millrace types` and commit what it writes",
    exit: exitCode.failed
  })

const bothAtOnce = new CommandError({
  code: "USAGE",
  message: "--check and --update exclude each other",
  remedy: "run one after the other",
  exit: exitCode.usage
})
