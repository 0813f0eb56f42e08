import { defineSink, fromConfig, hmac, http, recordFields, secret, urlPath } from "@millrace/sdk"
import { Config, settingsOf } from "./config.ts"
import { deliver } from "./deliver.ts"
import { isUnsendable, outgoingOf } from "./outgoing.ts"
import { lanesOf } from "./requests.ts"

/**
 * Sends records to an HTTP endpoint, at least once: every record and every request has an id that is the same again when
 * it is sent again. Records of one key arrive in order.
 */
export const webhook = defineSink({
  name: "webhook",
  description: "Sends records to an HTTP endpoint, at least once, each with an id that stays.",
  config: Config,
  uses: {
    receiver: http(fromConfig("url"), {
      auth: secret(fromConfig("auth.secret", { optional: true }), { header: fromConfig("auth.header") }),
      sign: hmac(fromConfig("sign.secret", { optional: true }), {
        header: fromConfig("sign.header"),
        prefix: "sha256=",
        timestampHeader: fromConfig("sign.timestampHeader")
      })
    })
  },
  derive: ({ config, inputs }) => {
    const problem = problemOf(
      config,
      recordFields(inputs["input"]?.schema).map(({ name }) => name)
    )
    return problem === undefined ? { reads: { input: "*" }, output: "none" } : { error: problem }
  },
  *write(batch, { config, receiver, schema }) {
    const settings = settingsOf(config)
    const prepare = outgoingOf(settings, schema)
    const made = batch.flatMap((record, index) => prepare(record, index) ?? [])
    const unsendable = made.filter(isUnsendable)
    const lanes = lanesOf(
      made.flatMap((one) => (isUnsendable(one) ? [] : [one])),
      settings
    )
    const { attempts, backoffMs: delayMs, retryStatuses: statuses, timeoutMs } = settings
    const retry = { attempts, delayMs, statuses }
    const failed = yield* deliver(lanes, settings, (request) =>
      receiver.request({ ...request, timeoutMs, retry })
    )
    return { failed: [...unsendable, ...failed] }
  }
})

/** What of the config does not go together; said when a pipeline is planned. */
const problemOf = (config: Config, fields: readonly string[]) => {
  const { path = "", batch = "record", tombstones = "skip" } = config
  const { names } = urlPath(path)
  if (names.length > 0 && batch !== "record") {
    return {
      path: "/path",
      message: `a request of many records has one path: leave {${names[0]}} out, or batch: record`
    }
  }
  const unknown = names.find((name) => name !== "$key" && !fields.includes(name))
  if (unknown !== undefined) {
    const known = fields.slice(0, 12).join(", ")
    return { path: "/path", message: `the stream has no field ${unknown}; its fields are ${known}` }
  }
  if (tombstones === "delete" && batch !== "record") {
    return { path: "/tombstones", message: "a DELETE is of one record: batch: record" }
  }
  const needsValue = names.find((name) => name !== "$key")
  if (tombstones !== "skip" && needsValue !== undefined) {
    const message = `a tombstone has no ${needsValue}, only its key: write {$key} in path, or tombstones: skip`
    return { path: "/tombstones", message }
  }
  return undefined
}
