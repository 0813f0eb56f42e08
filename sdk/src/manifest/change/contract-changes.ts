import type { PluginManifest } from "../manifest.ts"
import { change, type PluginChange } from "./package-change.ts"
import { sameJson } from "./same-json.ts"
import { type Direction, schemaStep } from "./schema-step.ts"

type Area = "input" | "output" | "state"
type Input = PluginManifest["inputs"][number]
type Output = PluginManifest["outputs"][number]
type Table = PluginManifest["tables"][number]
type Contract = Input["contract"] | Output["contract"]
type Open = Extract<Contract, { readonly form: "open" }>

/** Changes of inputs, lookup tables and outputs. What is derived is judged when a pipeline is planned: only then there is a contract. */
export const contractChanges = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => [
  ...byName("input", "inputs", before.inputs, after.inputs, inputChanges),
  ...added("input", "inputs", before.inputs, after.inputs),
  ...byName("input", "tables", before.tables, after.tables, tableChanges),
  ...added("input", "tables", before.tables, after.tables),
  ...byName("output", "outputs", outputsOf(before), outputsOf(after), outputChanges),
  ...addedOutputs(before, after)
]

interface Named {
  readonly name: string
}

/** What is gone, and how what stayed changed. */
const byName = <T extends Named>(
  area: "input" | "output",
  place: string,
  before: readonly T[],
  after: readonly T[],
  compare: (before: T, after: T, path: string) => readonly PluginChange[]
): readonly PluginChange[] => {
  const now = new Map(after.map((each) => [each.name, each]))
  return before.flatMap((old) => {
    const fresh = now.get(old.name)
    const path = `${place}.${old.name}`
    if (fresh !== undefined) return compare(old, fresh, path)
    return [change(area, path, `the ${place.slice(0, -1)} ${old.name} is gone`, "major")]
  })
}

const newOf = (before: readonly Named[], after: readonly Named[]): readonly string[] =>
  after.map(({ name }) => name).filter((name) => before.every((old) => old.name !== name))

/** A new input or table must be fed: no pipeline of yesterday does. */
const added = (
  area: "input",
  place: string,
  before: readonly Named[],
  after: readonly Named[]
): readonly PluginChange[] =>
  newOf(before, after).map((name) =>
    change(area, `${place}.${name}`, `the ${place.slice(0, -1)} ${name} is new, and must be fed`, "major")
  )

/** One more output is harmless, but for a plugin that had only one: `from: node` no longer says which. */
const addedOutputs = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => {
  const bump = before.outputs.length === 1 ? "major" : "minor"
  const reason = bump === "major" ? "; a node with several must be named with its output" : ""
  return newOf(before.outputs, after.outputs).map((name) =>
    change("output", `outputs.${name}`, `the output ${name} is new${reason}`, bump)
  )
}

/** Outputs whose `updates` are fields of the stream: what the plugin's own code calls them is its own business. */
const outputsOf = (plugin: PluginManifest): PluginManifest["outputs"] => {
  const fields = new Map(
    plugin.inputs.flatMap(({ contract }) =>
      contract.form === "open" ? contract.reads.map(({ as, from }) => [as, nameOf(from)] as const) : []
    )
  )
  return plugin.outputs.map(({ contract, name }) =>
    contract.form === "open"
      ? { name, contract: { ...contract, updates: contract.updates.map((as) => fields.get(as) ?? as) } }
      : { name, contract }
  )
}

const inputChanges = (before: Input, after: Input, path: string): readonly PluginChange[] => {
  const many = before.many === after.many ? [] : [manyChange(after.many, path, before.name)]
  return [...many, ...formChanges("input", before.contract, after.contract, path)]
}

const manyChange = (many: boolean, path: string, name: string): PluginChange =>
  many
    ? change("input", path, `the input ${name} may be fed by several streams`, "minor")
    : change("input", path, `the input ${name} may be fed by one stream only`, "major")

const tableChanges = (before: Table, after: Table, path: string): readonly PluginChange[] =>
  formChanges("input", before.contract, after.contract, path)

const outputChanges = (before: Output, after: Output, path: string): readonly PluginChange[] =>
  formChanges("output", before.contract, after.contract, path)

const formChanges = (
  area: "input" | "output",
  before: Contract,
  after: Contract,
  path: string
): readonly PluginChange[] => {
  if (before.form !== after.form)
    return [change(area, path, `the ${area}'s contract is ${after.form}, not ${before.form}`, "major")]
  if (before.form === "closed" && after.form === "closed") return closedChanges(area, before, after, path)
  if (before.form === "open" && after.form === "open") return openChanges(area, before, after, path)
  return []
}

type Closed = Extract<Contract, { readonly form: "closed" }>

const closedChanges = (
  area: "input" | "output",
  before: Closed,
  after: Closed,
  path: string
): readonly PluginChange[] => {
  const key = (contract: Closed) => contract.key.join(", ") || "none"
  return [
    ...(sameJson(before.key, after.key)
      ? []
      : [change(area, path, `the ${area}'s key is ${key(after)}, not ${key(before)}`, "major")]),
    ...(before.subject === after.subject
      ? []
      : [change(area, path, `the ${area}'s subject is ${after.subject}, not ${before.subject}`, "minor")]),
    ...schemaChanges(area, before.schema, after.schema, path)
  ]
}

/** Changes of one schema, a line for each. */
export const schemaChanges = (
  area: Area,
  before: unknown,
  after: unknown,
  path: string
): readonly PluginChange[] => {
  const direction: Direction = area === "output" ? "old reads new" : "new reads old"
  const result = schemaStep(before, after, direction)
  if (result.step === "same") return []
  return result.step === "broken"
    ? result.problems.map((problem) => change(area, path, problem, "major"))
    : result.changes.map(({ isTold, line }) => change(area, path, line, isTold ? "patch" : "minor"))
}

const openChanges = (
  area: "input" | "output",
  before: Open,
  after: Open,
  path: string
): readonly PluginChange[] => {
  if ("reads" in before && "reads" in after) return readsChanges(before.reads, after.reads, path)
  if ("adds" in before && "adds" in after) return outputParts(before, after, path)
  return [change(area, path, `the ${area}'s contract is another`, "major")]
}

type Reads = Extract<Open, { readonly reads: unknown }>["reads"]
type Adding = Extract<Open, { readonly adds: unknown }>
type Reference = Reads[number]["from"]

/** A field that is read must be in the stream; one that is read no more is asked for no more. */
const readsChanges = (before: Reads, after: Reads, path: string): readonly PluginChange[] => {
  const old = new Map(before.map((each) => [keyOf(each.from), each]))
  const fresh = new Map(after.map((each) => [keyOf(each.from), each]))
  return [
    ...[...old].flatMap(([key, each]) => {
      const now = fresh.get(key)
      const name = nameOf(each.from)
      if (now === undefined) return [change("input", path, `reads ${name} no more`, "minor")]
      return schemaChanges("input", each.schema, now.schema, `${path}.${name}`)
    }),
    ...[...fresh]
      .filter(([key]) => !old.has(key))
      .map(([, { from }]) => change("input", path, `reads ${nameOf(from)} too`, "major"))
  ]
}

/** Whoever comes after must find the fields that were there, of their types, and unchanged those that were passed through. */
const outputParts = (before: Adding, after: Adding, path: string): readonly PluginChange[] => {
  const old = new Map(before.adds.map((each) => [keyOf(each.field), each]))
  const fresh = new Map(after.adds.map((each) => [keyOf(each.field), each]))
  const added = [...fresh].filter(([key]) => !old.has(key))
  return [
    ...[...old].flatMap(([key, each]) => {
      const now = fresh.get(key)
      const name = nameOf(each.field)
      if (now === undefined) return [change("output", path, `adds ${name} no more`, "major")]
      return schemaChanges("output", each.schema, now.schema, `${path}.${name}`)
    }),
    ...added.map(([, { field }]) => change("output", path, `adds ${nameOf(field)}`, "minor")),
    ...listChanges(before.updates, after.updates).map(({ isAdded, name }) =>
      change("output", path, isAdded ? `gives ${name} anew` : `gives ${name} as it came`, "major")
    ),
    ...listChanges(before.drops.map(keyOf), after.drops.map(keyOf)).map(({ isAdded, name }) =>
      isAdded
        ? change("output", path, `drops ${name}`, "major")
        : change("output", path, `drops ${name} no more`, "minor")
    )
  ]
}

const listChanges = (before: readonly string[], after: readonly string[]) => [
  ...before.filter((name) => !after.includes(name)).map((name) => ({ name, isAdded: false })),
  ...after.filter((name) => !before.includes(name)).map((name) => ({ name, isAdded: true }))
]

const nameOf = (reference: Reference): string =>
  "field" in reference ? reference.field : `the field that config${reference.config} names`

const keyOf = nameOf
