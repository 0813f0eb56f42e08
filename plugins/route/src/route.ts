import {
  defineProcessor,
  type DeriveContext,
  escapePart,
  Expression,
  outputsFrom,
  Schema
} from "@millrace/sdk"

const Config = Schema.Struct({
  routes: Schema.Record(Schema.String, Expression({ type: "boolean" })).annotate({
    description: "Output -> which records it gets: total > 100; in their order"
  }),
  match: Schema.optionalKey(
    Schema.Literals(["first", "all"]).annotate({
      description: "A record goes where the first condition is true (default), or wherever one is"
    })
  ),
  otherwise: Schema.optionalKey(
    Schema.String.annotate({
      description: "Output of the records for which no condition is true; default: they go"
    })
  )
})
type Config = typeof Config.Type

/** Parts a stream by conditions. Records pass as bytes; a delete goes to every output, for what it deletes may be in any. */
export const route = defineProcessor({
  name: "route",
  description: "Parts a stream into several by conditions.",
  config: Config,
  outputs: outputsFrom("routes", "otherwise"),
  derive: (context) => contractOf(context),
  process: (row, { config }) => {
    const matching: string[] = []
    for (const [output, condition] of Object.entries(config.routes)) {
      if (condition(row) !== true) continue
      matching.push(output)
      if (config.match !== "all") break
    }
    if (matching.length === 0 && config.otherwise !== undefined) matching.push(config.otherwise)
    return Object.fromEntries(matching.map((output) => [output, [row]]))
  },
  onDelete: (_input, { config }) => Object.fromEntries(outputsOf(config).map((output) => [output, [null]]))
})

const outputsOf = ({ routes, otherwise }: Config): readonly string[] => [
  ...Object.keys(routes),
  ...(otherwise === undefined ? [] : [otherwise])
]

const contractOf = ({ config }: DeriveContext<Config>) => {
  const { otherwise, routes } = config
  if (Object.keys(routes).length === 0)
    return { error: { path: "/routes", message: "name an output at least" } }
  const twice = otherwise !== undefined && Object.hasOwn(routes, otherwise)
  if (twice) {
    const path = `/routes/${escapePart(otherwise)}`
    return { error: { path, message: `${otherwise} is where the others go, and has no condition` } }
  }
  return { output: "same" }
}
