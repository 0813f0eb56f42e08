import { parseAvro, type RecordType, sameType, label } from "@millrace/sdk/avro"
import { describePermission } from "@millrace/sdk/permission"
import type { Plan, PlannedNode } from "../plan.ts"
import type { Aspect } from "./diff-plans.ts"

/** Everything in which a node differs from what runs under its name. */
export const nodeAspects = (
  before: PlannedNode,
  after: PlannedNode,
  current: Plan,
  next: Plan
): readonly Aspect[] => [
  ...aspect("plugin", before.plugin, after.plugin),
  ...(before.plugin === after.plugin ? aspect("bundle", shortDigest(before), shortDigest(after)) : []),
  ...configAspects(before.configJson, after.configJson),
  ...aspect("onError", before.onError, after.onError),
  ...aspect("watermark", watermarkText(before), watermarkText(after)),
  ...namedAspects("from", mapValues(before.inputs, fromText), mapValues(after.inputs, fromText)),
  ...namedAspects("table", before.tables, after.tables),
  ...namedAspects("stream", streamsOf(before), streamsOf(after)),
  ...namedAspects("key", keysOf(before), keysOf(after)),
  ...schemaAspects(before, after),
  ...writerAspects(before, after),
  ...namedAspects("state", mapValues(statesOf(before), stateText), mapValues(statesOf(after), stateText)),
  ...permissionAspects(before.name, current, next)
]

const aspect = (what: string, from: string | undefined, to: string | undefined): readonly Aspect[] =>
  from === to ? [] : [{ what, from, to }]

const watermarkText = ({ watermark }: PlannedNode): string | undefined =>
  watermark === undefined
    ? undefined
    : `${watermark.outOfOrdernessMs} ms out of order${watermark.idleAfterMs === undefined ? "" : `, idle after ${watermark.idleAfterMs} ms`}`

const shortDigest = ({ digest }: PlannedNode): string => digest.slice(0, 19)

type Texts = { readonly [name: string]: string }

const mapValues = <A>(values: { readonly [name: string]: A }, convert: (value: A) => string): Texts =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]))

const namedAspects = (what: string, before: Texts, after: Texts): readonly Aspect[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    aspect(`${what}.${name}`, own(before, name), own(after, name))
  )
const own = (texts: Texts, name: string): string | undefined =>
  Object.hasOwn(texts, name) ? texts[name] : undefined

const fromText = (input: PlannedNode["inputs"][string]): string =>
  `${input.from.join(", ")}${input.keyBy === undefined ? "" : keyText(input.keyBy)}`

const keyText = (keyBy: readonly string[]): string =>
  keyBy.length === 0 ? " as one group" : ` by ${keyBy.join(", ")}`

const streamsOf = (node: PlannedNode): Texts =>
  Object.fromEntries(
    Object.entries(node.outputs).flatMap(([name, { stream }]) =>
      stream === undefined ? [] : [[name, stream]]
    )
  )
const keysOf = (node: PlannedNode): Texts => mapValues(node.outputs, ({ key }) => key.join(", "))
const statesOf = (node: PlannedNode) => Object.fromEntries(node.state.map((state) => [state.name, state]))
const stateText = ({ kind, schema, mapKey, ttlMs }: PlannedNode["state"][number]): string =>
  [kind, schema, mapKey ?? "", ttlMs === undefined ? "" : `${ttlMs} ms`]
    .filter((part) => part !== "")
    .join(" ")

const configAspects = (before: string, after: string): readonly Aspect[] => {
  if (before === after) return []
  const [from, to] = [entriesOf(before), entriesOf(after)]
  const changed = namedAspects("config", from, to)
  return changed.length > 0 ? changed : [{ what: "config", from: "its order", to: "another order" }]
}

const entriesOf = (json: string): Texts => {
  const value: unknown = JSON.parse(json)
  if (typeof value !== "object" || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, JSON.stringify(item)]))
}

const schemaAspects = (before: PlannedNode, after: PlannedNode): readonly Aspect[] =>
  Object.entries(after.outputs).flatMap(([name, output]) => {
    const previous = Object.hasOwn(before.outputs, name) ? before.outputs[name] : undefined
    if (previous === undefined || previous.schema === output.schema) return []
    const fields = fieldAspects(`schema.${name}`, recordOf(previous.schema), recordOf(output.schema))
    return fields.length > 0 ? fields : [{ what: `schema.${name}`, from: "its text", to: "another text" }]
  })

const recordOf = (text: string): RecordType | undefined => {
  const parsed = parseAvro(text)
  return "ok" in parsed && parsed.ok.kind === "record" ? parsed.ok : undefined
}

const fieldAspects = (
  what: string,
  before: RecordType | undefined,
  after: RecordType | undefined
): readonly Aspect[] => {
  const old = new Map(before?.fields.map((field) => [field.name, field.type]))
  const young = new Map(after?.fields.map((field) => [field.name, field.type]))
  return [...new Set([...old.keys(), ...young.keys()])].flatMap((name) => {
    const [from, to] = [old.get(name), young.get(name)]
    if (from !== undefined && to !== undefined && sameType(from, to)) return []
    return [{ what: `${what}.${name}`, from: from && label(from), to: to && label(to) }]
  })
}

/** What became of the streams of others that it reads since it was planned. */
const writerAspects = (before: PlannedNode, after: PlannedNode): readonly Aspect[] => {
  const inputs = Object.entries(after.inputs).flatMap(([name, { from, writer }]) => {
    const previous = Object.hasOwn(before.inputs, name) ? before.inputs[name] : undefined
    return changedWriter(from.join(", "), previous?.writer, writer)
  })
  const tables = Object.entries(after.tableWriters ?? {}).flatMap(([handle, writer]) =>
    changedWriter(after.tables[handle] ?? handle, own(before.tableWriters ?? {}, handle), writer)
  )
  return [...inputs, ...tables]
}

const changedWriter = (
  stream: string,
  from: string | undefined,
  to: string | undefined
): readonly Aspect[] => {
  if (from === undefined || to === undefined || from === to) return []
  const fields = fieldAspects(`reads.${stream}`, recordOf(from), recordOf(to))
  return fields.length > 0 ? fields : [{ what: `reads.${stream}`, from: "its text", to: "another text" }]
}

const permissionAspects = (node: string, current: Plan, next: Plan): readonly Aspect[] => {
  const texts = (plan: Plan) =>
    new Set(
      plan.permissions.filter((one) => one.node === node).map((one) => describePermission(one.permission))
    )
  const [before, after] = [texts(current), texts(next)]
  const given = [...after]
    .filter((text) => !before.has(text))
    .map((to) => ({ what: "permission", from: undefined, to }))
  const taken = [...before]
    .filter((text) => !after.has(text))
    .map((from) => ({ what: "permission", from, to: undefined }))
  return [...given, ...taken]
}
