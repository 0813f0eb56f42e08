import { onlyInput, type SinkDefinition } from "../../plugin/definition.ts"
import type { GuestHost, GuestSink, SinkBatch, SinkWrite } from "../abi.ts"
import { callBody } from "./call-body.ts"
import { driveInto } from "./drive.ts"
import { type JsonCodec, jsonCodec } from "./json-value.ts"
import { plainHandles } from "./record-view.ts"

/** A sink ready for batches. */
export const openSink = (definition: SinkDefinition, config: unknown, host: GuestHost): GuestSink => {
  const handles = plainHandles(definition.uses, host, config)
  const schema = host.schema(onlyInput) ?? ""
  const { transaction } = definition
  const token = transaction && jsonCodec(transaction.token, "token")
  const contextOf = (info: SinkBatch) => ({ ...handles, ...batchContext(info, token), config, schema })
  const write: GuestSink["write"] = (batch, info) =>
    driveInto(callBody(definition.write, batch, contextOf(info)), (answer) => sinkWrite(answer, token))
  if (transaction === undefined || token === undefined) return { kind: "sink", transactional: false, write }
  return {
    kind: "sink",
    transactional: true,
    write,
    commit: (json, info) => callBody(transaction.commit, token.decode(json), contextOf(info)),
    recover: (json, info) =>
      callBody(transaction.recover, json === undefined ? undefined : token.decode(json), contextOf(info))
  }
}

const batchContext = (info: SinkBatch, token: JsonCodec | undefined) => ({
  id: info.id,
  partition: info.partition,
  firstOffset: BigInt(info.firstOffset),
  lastOffset: BigInt(info.lastOffset),
  token: info.tokenJson === undefined || token === undefined ? undefined : token.decode(info.tokenJson),
  end: info.end,
  now: info.now
})

/** The author's answer in the form of the guest ABI. */
const sinkWrite = (answer: unknown, token: JsonCodec | undefined): SinkWrite => {
  const given: { readonly [key: string]: unknown } = { ...Object(answer) }
  const failed = Array.isArray(given["failed"]) ? given["failed"].map(failedRecord) : []
  return token === undefined ? { failed } : { failed, tokenJson: token.encode(given["token"]) }
}

const failedRecord = (value: unknown): SinkWrite["failed"][number] => {
  const { index, reason } = Object(value)
  if (!Number.isSafeInteger(index) || index < 0) throw new Error("a failed record is named by its index")
  return { index, reason: String(reason) }
}
