import { toJson } from "../avro/json.ts"
import type { ResolutionProblem } from "../avro/resolution.ts"
import { resolve } from "../avro/resolve.ts"
import type { AvroType, RecordType } from "../avro/type.ts"
import type { ReadField, Reads } from "../codec/view.ts"
import type { DeriveInput, DeriveRequest } from "../guest/abi.ts"
import { checkConfigOutputs, withConfigOutputs } from "./config-outputs.ts"
import { fieldNames } from "./field-name.ts"
import { valueAt } from "./json-pointer.ts"
import type { PluginManifest } from "./manifest.ts"
import { NodeProblems } from "./node-problems.ts"
import type { NodeRequest, NodeStream, Resolved, ResolvedNode, ResolvedState } from "./node-resolution.ts"
import { type NodeExpression, resolveExpressions } from "./resolve-expressions.ts"
import { fieldOf, type InputPlan, planInput } from "./resolve-input.ts"
import { type OutputPlan, planOutput } from "./resolve-output.ts"
import { resolvePermissions } from "./resolve-permissions.ts"
import { resolveTable } from "./resolve-table.ts"

/** True when the plugin's contract depends on config and inputs: ask it by {@link deriveRequest} first. */
export const needsDerive = (plugin: PluginManifest): boolean =>
  plugin.outputsFrom !== undefined ||
  plugin.inputs.some(({ contract }) => contract.form === "derived") ||
  plugin.outputs.some(({ contract }) => contract.form === "derived")

/** What the plugin's `derive` is asked, as plain JSON; every problem in the config's expressions when there is one. */
export const deriveRequest = (request: NodeRequest): Resolved<DeriveRequest> => {
  const problems = new NodeProblems()
  const rows: { [input: string]: RecordType } = {}
  for (const [input, stream] of Object.entries(request.inputs)) rows[input] = stream.schema
  const expressions = resolveExpressions(request.plugin, request.config, rows, problems)
  if (problems.list.length > 0) return { problems: problems.list }
  return {
    ok: {
      config: request.config,
      inputs: mapValues(request.inputs, deriveInput),
      tables: mapValues(request.tables, deriveInput),
      expressions: Object.fromEntries(
        [...expressions].map(([pointer, { typed }]) => [
          pointer,
          {
            schema: toJson(typed.avro),
            fields: typed.fields,
            ...(typed.core.op === "column" ? { column: typed.core.name } : {})
          }
        ])
      )
    }
  }
}

const deriveInput = ({ schema, key }: NodeStream): DeriveInput => ({ schema: toJson(schema), key })

/**
 * Settles a node: what each input reads and each output is written with, keys, lineage, expressions, tables, state and
 * permissions. Pure; shared by the planner and the testing kit. Answers every problem that does not follow from another.
 */
export const resolveNode = (given: NodeRequest): Resolved<ResolvedNode> => {
  const { config } = given
  const plugin = withConfigOutputs(given.plugin, config)
  const request = { ...given, plugin }
  const problems = new NodeProblems()
  checkConfigOutputs(given.plugin, config, problems)
  const inputs = plugin.inputs.flatMap((input) => planInput(input, request, problems) ?? [])
  const rows = Object.fromEntries(inputs.map(({ name, row }) => [name, row]))
  const expressions = resolveExpressions(plugin, config, rows, problems)
  const read = inputs.map((input) => withExpressions(input, expressions, problems))
  const complete = read.length === plugin.inputs.length
  const outputs = complete
    ? plugin.outputs.flatMap((output) => {
        const plan = planOutput(output, read, request, problems)
        return plan === undefined ? [] : [{ name: output.name, plan }]
      })
    : []
  const tables = plugin.tables.flatMap((table) => {
    const resolved = resolveTable(table, request, problems)
    return resolved === undefined ? [] : [[table.name, resolved] as const]
  })
  const keys = keysOf(request, problems)
  const state = plugin.state.flatMap((declared) => stateOf(declared, request, problems) ?? [])
  const permissions = resolvePermissions(plugin, config, problems)
  if (problems.list.length > 0) return { problems: problems.list }
  return {
    ok: {
      inputs: Object.fromEntries(
        read.map((input) => [
          input.name,
          inputOf(
            input,
            outputs.map(({ plan }) => plan),
            keys
          )
        ])
      ),
      outputs: Object.fromEntries(outputs.map(({ name, plan }) => [name, plan.resolved])),
      tables: Object.fromEntries(tables),
      state,
      expressions: Object.fromEntries([...expressions].map(([pointer, { typed }]) => [pointer, typed])),
      permissions
    }
  }
}

const inputOf = (
  { name, stream, reads }: InputPlan,
  [output, ...others]: readonly OutputPlan[],
  keys: ReadonlyMap<string, readonly string[]>
): ResolvedNode["inputs"][string] => ({
  view: {
    writer: stream.schema,
    reads,
    output: output?.view ?? "none",
    ...(output?.resolved.form === "writer" && others.length === 0 ? { echoes: output.resolved.schema } : {})
  },
  reader: readerOf(reads, stream.schema),
  keyBy: keys.get(name),
  unreadable: unreadableOf(reads, stream.schema)
})

/** Avro accepts a union of which one branch alone can be read, and a symbol that the reader lacks. */
const unreadableOf = (reads: Reads, writer: RecordType): readonly string[] => {
  if (reads.form === "whole")
    return partialOf(writer, reads.reader).map(({ message, path }) => `${path}: ${message}`)
  return reads.fields.flatMap(({ field, type }) => {
    const written = writer.fields.find(({ name }) => name === field)
    if (written === undefined) return []
    return partialOf(written.type, type).map(
      ({ message, path }) => `${[field, path].filter((part) => part !== "").join(".")}: ${message}`
    )
  })
}

const partialOf = (writer: AvroType, reader: AvroType): readonly ResolutionProblem[] => {
  const result = resolve(writer, reader)
  return "ok" in result ? result.partial : []
}

/** The schema of what the body gets. */
const readerOf = (reads: Reads, writer: RecordType): RecordType => {
  if (reads.form === "whole") return reads.reader.kind === "record" ? reads.reader : writer
  const fields = reads.fields.map(({ as, type }) => ({
    name: as,
    type,
    aliases: [],
    order: "ascending" as const,
    attributes: {}
  }))
  return { kind: "record", name: writer.name, aliases: [], fields, attributes: {} }
}

/** The fields that expressions read come into the row by themselves. */
const withExpressions = (
  input: InputPlan,
  expressions: ReadonlyMap<string, NodeExpression>,
  problems: NodeProblems
): InputPlan => {
  if (input.reads.form === "whole") return input
  const fields: ReadField[] = [...input.reads.fields]
  for (const [pointer, { input: name, typed }] of expressions) {
    if (name !== input.name) continue
    for (const field of typed.fields) {
      const taken = fields.find(({ as }) => as === field)
      if (taken === undefined) addRead(fields, field, input.row)
      else if (taken.field !== field) {
        problems.add(
          "NAME_CONFLICT",
          `config${pointer}`,
          `the expression reads ${field}, a name under which this plugin sees the field ${taken.field}`,
          "Rename the field in a node before this one."
        )
      }
    }
  }
  return { ...input, reads: { form: "fields", fields } }
}

const addRead = (fields: ReadField[], name: string, row: RecordType): void => {
  const found = row.fields.find((field) => field.name === name)
  if (found !== undefined) fields.push({ as: name, field: name, type: found.type })
}

const keysOf = (request: NodeRequest, problems: NodeProblems): ReadonlyMap<string, readonly string[]> => {
  const keys = new Map<string, readonly string[]>()
  for (const { input, fields } of request.plugin.keyBy) {
    const stream = Object.hasOwn(request.inputs, input) ? request.inputs[input] : undefined
    if (stream === undefined) continue
    const names = fieldNames(fields, request.config, problems)
    const [first] = fields
    const path = first !== undefined && "config" in first ? `config${first.config}` : `input/${input}`
    for (const name of names) fieldOf(stream.schema, name, path, problems)
    // A list without names, written down, is one group.
    const isOneGroup =
      first !== undefined && "config" in first && isEmptyList(valueAt(request.config, first.config))
    if (names.length === 0 && !isOneGroup) {
      problems.add(
        "KEY_MISSING",
        path,
        "the plugin is keyed, and no field is named",
        "Name one field at least."
      )
    }
    keys.set(input, names)
  }
  return keys
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0

const stateOf = (
  { name, kind, schema, mapKey, migrate, ttlMs }: PluginManifest["state"][number],
  { derived }: NodeRequest,
  problems: NodeProblems
): ResolvedState | undefined => {
  const given =
    derived?.state !== undefined && Object.hasOwn(derived.state, name) ? derived.state[name] : undefined
  const type = problems.avro(given ?? schema, `state/${name}`, `the state ${name}`)
  const key = mapKey === undefined ? undefined : problems.avro(mapKey, `state/${name}`, `the key of ${name}`)
  const old = (migrate ?? []).flatMap(
    (from) => problems.avro(from, `state/${name}`, `a migration of ${name}`) ?? []
  )
  return type && { name, kind, schema: type, mapKey: key, ttlMs, migrate: old }
}

const mapValues = <A, B>(
  values: { readonly [name: string]: A },
  convert: (value: A) => B
): { readonly [name: string]: B } =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]))
