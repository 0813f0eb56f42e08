import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { SearchHit } from "@millrace/sdk/api"
import { printJson, printLines, printTable } from "../../terminal/print.ts"
import { connect } from "../connect.ts"
import { numberFlag } from "../number-flag.ts"

const flags = {
  text: Argument.String("text").pipe(
    Argument.variadic(),
    Argument.withDescription("Words, every one of which must be found; none: everything")
  ),
  kind: Flag.Literals("kind", ["source", "processor", "sink", "function", "contract"]).pipe(
    Flag.optional,
    Flag.withDescription("Packages with a plugin of this kind, or contracts, only")
  ),
  limit: numberFlag("limit", 1, 1000).pipe(
    Flag.withAlias("n"),
    Flag.withDefault(20),
    Flag.withDescription("Most hits to print; default: 20")
  )
}

/** `millrace search TEXT` */
export const searchCommand = Command.make("search", flags, ({ kind, limit, text }) =>
  Effect.gen(function* () {
    const { json, registry } = yield* connect
    const narrowed = Option.match(kind, { onNone: () => ({}), onSome: (chosen) => ({ kind: chosen }) })
    const found = yield* registry.search({ query: { text: text.join(" "), limit, ...narrowed } })
    if (json) return yield* printJson(found)
    yield* printTable(
      ["NAME", "VERSION", "KIND", "DESCRIPTION", "FOUND IN"],
      found.hits.map((hit) => [
        hit.name,
        hit.version,
        kindsOf(hit),
        shortened(hit.description ?? ""),
        matchesOf(hit)
      ]),
      "nothing found: use fewer or shorter words"
    )
    const more = found.total - found.hits.length
    if (more > 0) yield* printLines([`and ${more} more: --limit shows them`])
  })
).pipe(
  Command.withDescription("Find packages and contracts by name, description, field or config key"),
  Command.withExamples([
    { command: "millrace search filter", description: "Packages and contracts with the word in them" },
    { command: "millrace search imdbRating --kind contract", description: "Contracts with this field" }
  ])
)

const kindsOf = (hit: SearchHit): string =>
  hit.kind === "contract"
    ? "contract"
    : `${[...new Set(hit.plugins.map(({ kind }) => kind))].join(", ")}${hit.deprecated ? " (deprecated)" : ""}`

const matchesOf = ({ matches }: SearchHit): string =>
  matches
    .slice(0, 3)
    .map((match) => (match.in === "field" || match.in === "config" ? `${match.in} ${match.text}` : match.in))
    .filter((text, index, all) => all.indexOf(text) === index)
    .join(", ")

const maxDescription = 60

const shortened = (text: string): string => {
  const [first = ""] = text.split("\n")
  return first.length > maxDescription ? `${first.slice(0, maxDescription - 1)}…` : first
}
