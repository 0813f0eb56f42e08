import type { AvroType } from "../avro/type.ts"
import type { Reads } from "../codec/view.ts"
import type { PluginManifest } from "./manifest.ts"
import type { NodeProblems } from "./node-problems.ts"
import type { NodeRequest, ResolvedTable } from "./node-resolution.ts"
import { closedReader, fieldOf } from "./resolve-input.ts"

/** A lookup table against the stream that feeds it. Its rows are found by the stream's record keys. */
export const resolveTable = (
  table: PluginManifest["tables"][number],
  request: NodeRequest,
  problems: NodeProblems
): ResolvedTable | undefined => {
  const { name, contract } = table
  const path = `table/${name}`
  const stream = Object.hasOwn(request.tables, name) ? request.tables[name] : undefined
  if (stream === undefined) {
    const remedy = `Name the node that feeds it: tables: { ${name}: NODE }.`
    return problems.add("TABLE_MISSING", path, `nothing feeds the lookup table ${name}`, remedy)
  }
  const wanted = contract.form === "closed" ? contract.key : stream.key
  if (stream.key.length === 0 || stream.key.join("\n") !== wanted.join("\n")) {
    const is = stream.key.length === 0 ? "has no key" : `is keyed by ${stream.key.join(", ")}`
    const remedy = `Key the stream: key: [${wanted.join(", ")}].`
    return problems.add("KEY_MISSING", path, `the stream of the lookup table ${name} ${is}`, remedy)
  }
  const reads = tableReads(name, contract, request, problems)
  const keyTypes = stream.key.flatMap((field): readonly AvroType[] => {
    const found = fieldOf(stream.schema, field, path, problems)
    return found === undefined ? [] : [found.type]
  })
  if (reads === undefined || keyTypes.length < stream.key.length) return undefined
  return { view: { writer: stream.schema, reads, output: "none" }, key: stream.key, keyTypes }
}

const tableReads = (
  name: string,
  contract: PluginManifest["tables"][number]["contract"],
  request: NodeRequest,
  problems: NodeProblems
): Reads | undefined => {
  const stream = request.tables[name]!
  if (contract.form === "closed") {
    const reader = closedReader(contract.schema, stream, `table/${name}`, contract.subject, problems)
    return reader && { form: "whole", reader }
  }
  const reads = request.derived?.reads
  const wanted = reads !== undefined && Object.hasOwn(reads, name) ? reads[name] : "*"
  if (wanted === "*" || wanted === undefined) return { form: "whole", reader: stream.schema }
  const fields = wanted.flatMap((field) => {
    const found = fieldOf(stream.schema, field, `table/${name}`, problems)
    return found === undefined ? [] : [{ as: field, field, type: found.type }]
  })
  return { form: "fields", fields }
}
