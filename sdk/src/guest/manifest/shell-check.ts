import type { Definition } from "../../plugin/definition.ts"
import { recordContextNames } from "../../plugin/record-context.ts"

/** What is wrong with a definition's own data, which the compiler would have said: authors may write JavaScript. */
export const shellOffences = (definition: Definition): readonly string[] => [
  ...nameOffences(definition),
  ...handleOffences(definition),
  ...listenOffences(definition),
  ...(definition.kind === "processor" ? processorOffences(definition) : []),
  ...(definition.kind === "function" ? functionOffences(definition) : []),
  ...deriveOffences(definition)
]

const nameOffences = ({ name }: Definition): readonly string[] =>
  typeof name === "string" && /^[a-z][a-z0-9-]{0,63}$/.test(name)
    ? []
    : ["a plugin's name is of lower-case letters, digits and hyphens, at most 64, a letter first"]

const contextNames = [
  ...recordContextNames,
  "partition",
  "maxRecords",
  "maxBytes",
  "schema",
  "id",
  "firstOffset",
  "lastOffset",
  "token",
  "end",
  "constructor",
  "prototype"
]
const reserved: ReadonlySet<string> = new Set(contextNames)

const handleOffences = ({ uses }: Definition): readonly string[] =>
  Object.keys(uses).flatMap((name) =>
    reserved.has(name) || !/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)
      ? [`uses: ${JSON.stringify(name)} cannot be a handle's name: take another`]
      : []
  )

/** A node has one address, and what comes there becomes records: nothing but a source can do that. */
const listenOffences = ({ kind, uses }: Definition): readonly string[] => {
  const handles = Object.entries(uses).flatMap(([name, { need }]) =>
    need.need === "permissions" && need.permissions.some((permission) => permission.kind === "listen")
      ? [name]
      : []
  )
  if (kind !== "source" && handles.length > 0) return [`uses.${handles[0]}: only a source listens`]
  return handles.length > 1 ? [`uses.${handles[1]}: a source listens once`] : []
}

const processorOffences = (
  definition: Extract<Definition, { readonly kind: "processor" }>
): readonly string[] => {
  const inputs = Object.keys(definition.inputs)
  const offences = inputs
    .filter((input) => typeof definition.bodies[input] !== "function")
    .map((input) =>
      inputs.length > 1 ? `process has no body for ${input}` : "give one of filter, map and process"
    )
  const keyed = Object.entries(definition.uses).filter(([, { keyed: isKeyed }]) => isKeyed)
  const missing = inputs.filter((input) => (definition.keyBy[input] ?? []).length === 0)
  if (keyed.length > 0 && missing.length > 0) {
    offences.push(`uses.${keyed[0]?.[0]}: state is kept by key: give keyBy`)
  }
  const timed = Object.entries(definition.uses).find(([, { need }]) => need.need === "timers")
  if (timed !== undefined && definition.onTimer === undefined)
    offences.push(`uses.${timed[0]}: give onTimer, which is called when a timer fires`)
  if (timed === undefined && definition.onTimer !== undefined)
    offences.push("onTimer: declare timers() in uses, or it is never called")
  const bodies = [definition.onDelete, ...Object.values(definition.bodies)]
  if (definition.onDelete !== undefined && (definition.form !== "process" || !bodies.every(isPlainFunction)))
    offences.push("onDelete: it stands beside plain process bodies, and is a plain function itself")
  return offences
}

const functionOffences = ({
  args,
  evaluate
}: Extract<Definition, { readonly kind: "function" }>): readonly string[] => {
  const names = Object.keys(args)
  const wrong = names.filter((name) => !/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name))
  return [
    ...(names.length === 0 ? ["args: a function has one argument at least"] : []),
    ...wrong.map((name) => `args: ${JSON.stringify(name)} is of letters, digits and _ , at most 64`),
    ...(isPlainFunction(evaluate)
      ? []
      : ["evaluate is a plain function, which answers at once: no generator, not async"])
  ]
}

const isPlainFunction = (value: unknown): boolean =>
  typeof value === "function" && Object.prototype.toString.call(value) === "[object Function]"

const deriveOffences = (definition: Definition): readonly string[] => {
  if (definition.derive !== undefined || !isDerived(definition)) return []
  return ["give a contract: input (and output), or reads, or derive"]
}

const isDerived = (definition: Definition): boolean => {
  switch (definition.kind) {
    case "processor":
      return [...Object.values(definition.inputs), ...Object.values(definition.outputs)].some(
        ({ form }) => form === "derived"
      )
    case "function":
      return false
    case "source":
      return definition.output.form === "derived"
    case "sink":
      return definition.input.form === "derived"
  }
}
