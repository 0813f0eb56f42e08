import type { AvroType, RecordType } from "../avro/type.ts"
import { parseAvro } from "../avro/parse/parse.ts"
import type { NodeProblem, NodeProblemCode } from "./node-resolution.ts"

/** Gathers every problem of a node, so that all are told at once. */
export class NodeProblems {
  readonly list: NodeProblem[] = []

  add(
    code: NodeProblemCode,
    path: string,
    message: string,
    remedy: string,
    span?: { readonly start: number; readonly end: number }
  ): undefined {
    this.list.push({ code, path, message, remedy, ...(span === undefined ? {} : { span }) })
    return undefined
  }

  /** An Avro schema of a manifest or of a derived contract. */
  avro(json: unknown, path: string, what: string): AvroType | undefined {
    const parsed = parseAvro(json)
    if ("ok" in parsed) return parsed.ok
    return this.add("SCHEMA_INVALID", path, `${what}: ${parsed.error.message}`, "Tell the plugin's author.")
  }

  /** The same, where only a record will do. */
  record(json: unknown, path: string, what: string): RecordType | undefined {
    const type = this.avro(json, path, what)
    if (type === undefined || type.kind === "record") return type
    return this.add(
      "SCHEMA_INVALID",
      path,
      `${what} is a ${type.kind}, not a record`,
      "Tell the plugin's author."
    )
  }
}
