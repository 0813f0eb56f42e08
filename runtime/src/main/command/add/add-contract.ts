import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson } from "../../terminal/print.ts"
import { printable } from "../../terminal/style.ts"
import { connect } from "../connect.ts"
import { loadContracts } from "../load.ts"
import { root } from "../root.ts"

const flags = {
  contract: Argument.String("contract").pipe(
    Argument.withDescription(
      "A subject of the registry, SUBJECT or SUBJECT@VERSION, or the path of an .avsc file"
    )
  ),
  out: Flag.String("out").pipe(
    Flag.withMetavar("FOLDER"),
    Flag.withDefault("src/contracts"),
    Flag.withDescription("Folder of the generated modules; default: src/contracts")
  ),
  name: Flag.String("name").pipe(
    Flag.withMetavar("CLASS"),
    Flag.optional,
    Flag.withDescription("Name of the class; default: that of the Avro record")
  ),
  subject: Flag.String("subject").pipe(
    Flag.withMetavar("SUBJECT"),
    Flag.optional,
    Flag.withDescription("For an .avsc file: its subject; default: the record's full name")
  ),
  key: Flag.String("key").pipe(
    Flag.withMetavar("FIELDS"),
    Flag.optional,
    Flag.withDescription("For an .avsc file: the fields of the record key, with commas between")
  )
}

/** `millrace add contract SUBJECT[@VERSION] | FILE.avsc` */
export const addContractCommand = Command.make("contract", flags, (input) =>
  Effect.gen(function* () {
    const options = { out: input.out, className: Option.getOrUndefined(input.name) }
    const { addFileContract } = yield* loadContracts
    const { json } = yield* root
    const added = input.contract.endsWith(".avsc")
      ? yield* addFileContract(
          input.contract,
          {
            subject: Option.getOrUndefined(input.subject),
            key: Option.match(input.key, {
              onNone: () => [],
              onSome: (key) => key.split(",").map((each) => each.trim())
            })
          },
          options
        )
      : yield* fromRegistry(input.contract, options)
    const { schema: _, ...shown } = added
    if (json) return yield* printJson(shown)
    const what = added.source ?? `version ${added.version}`
    yield* Console.log(
      `${printable(added.module)} ${added.state}: class ${added.className} of ${printable(added.subject)}, ${printable(what)}`
    )
  })
).pipe(
  Command.withDescription(
    "Write typed code of a contract, from the registry or from an .avsc file, and lock it"
  ),
  Command.withExamples([
    { command: "millrace add contract studio.movies", description: "The newest version of the subject" },
    { command: "millrace add contract studio.movies@3 --name Movie --out src/contracts" },
    {
      command: "millrace add contract ./schemas/movie.avsc --key id",
      description: "The file stays the truth"
    }
  ])
)

const fromRegistry = Effect.fnUntraced(function* (
  text: string,
  options: { readonly out: string; readonly className: string | undefined }
) {
  const [subject = "", version = "latest", ...more] = text.split("@")
  if (more.length > 0 || !/^(?:latest|[1-9][0-9]{0,8})$/.test(version)) return yield* badReference(text)
  const { registry, server } = yield* connect
  const found = yield* registry.getSubjectVersion({ params: { subject, version } })
  const { addRegistryContract } = yield* loadContracts
  return yield* addRegistryContract(found, server.url, options)
})

const badReference = (text: string) =>
  new CommandError({
    code: "USAGE",
    message: `${JSON.stringify(text)} is neither SUBJECT, SUBJECT@VERSION nor a file that ends with .avsc`,
    remedy: "write it as studio.movies, studio.movies@3 or ./movie.avsc",
    exit: exitCode.usage
  })
