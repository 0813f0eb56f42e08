import type { SourceDefinition } from "../../plugin/definition.ts"
import type { GuestHost, GuestSource, SourceRead } from "../abi.ts"
import { callBody } from "./call-body.ts"
import { driveInto } from "./drive.ts"
import { type JsonCodec, jsonCodec } from "./json-value.ts"
import { plainHandles } from "./record-view.ts"

/** A source ready to be read. */
export const openSource = (definition: SourceDefinition, config: unknown, host: GuestHost): GuestSource => {
  const handles = plainHandles(definition.uses, host, config)
  const position = jsonCodec(definition.position, "position")
  return {
    kind: "source",
    partitions: () =>
      definition.partitions === undefined
        ? ["0"]
        : driveInto(callBody(definition.partitions, { ...handles, config }), partitionNames),
    read: (partition, positionJson, budget) =>
      driveInto(
        callBody(definition.read, positionJson === undefined ? undefined : position.decode(positionJson), {
          ...handles,
          config,
          partition,
          maxRecords: budget.maxRecords,
          maxBytes: budget.maxBytes,
          now: budget.now
        }),
        (answer) => sourceRead(answer, position)
      )
  }
}

const partitionNames = (value: unknown): readonly string[] => {
  if (!Array.isArray(value) || value.some((name) => typeof name !== "string" || name === "")) {
    throw new Error("partitions answers a list of names")
  }
  const names: readonly string[] = value
  if (new Set(names).size < names.length) throw new Error("partitions answers a name twice")
  return names
}

/** The author's answer in the form of the guest ABI. What its records hold the codec checks. */
const sourceRead = (answer: unknown, position: JsonCodec): SourceRead => {
  if (typeof answer !== "object" || answer === null)
    throw new Error("read answers { records, position, next }")
  const given: { readonly [key: string]: unknown } = { ...answer }
  const { records, next, waitMs, rejected } = given
  if (!Array.isArray(records)) throw new Error("read answers no list of records")
  if (next !== "more" && next !== "idle" && next !== "end") {
    throw new Error('read answers next: "more", "idle" or "end"')
  }
  return {
    records,
    positionJson: position.encode(given["position"]),
    next,
    ...(typeof waitMs === "number" ? { waitMs } : {}),
    ...(Array.isArray(rejected) ? { rejected } : {})
  }
}
