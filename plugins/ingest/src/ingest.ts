import { type Arrived, defineSource, listen, recordFields, Schema } from "@millrace/sdk"
import { Config } from "./config.ts"
import { contractOf, unitOf } from "./contract.ts"

/** What comes is read at once; this is how often it is looked whether the source idles. An address to which nobody posts costs next to nothing. */
const idleMs = 2_000

/**
 * Takes in events that applications post by HTTP, each id once. The worker has checked them and made them durable before this
 * sees them; here they become records.
 */
export const ingest = defineSource({
  name: "ingest",
  description: "Takes in events that applications post by HTTP, each event id once.",
  config: Config,
  uses: { inbox: listen() },
  derive: ({ config }) => contractOf(config),
  position: Schema.String,
  *read(position, { config, inbox, maxBytes, maxRecords }) {
    const arrived: Arrived = yield* inbox.take(position, { maxRecords, maxBytes })
    const timeOf = timeReader(config)
    return {
      records: arrived.events.map(({ receivedAt, value }) => ({
        value,
        timestamp: timeOf(value) ?? receivedAt
      })),
      // Their senders were told that they are kept: where a contract no longer reads them, people must see them.
      rejected: arrived.unresolved.map(({ id, reason }) => ({ at: `event ${id}`, reason, raw: id })),
      position: arrived.next,
      next: arrived.more ? "more" : "idle",
      waitMs: idleMs
    }
  }
})

/** Reads an event's time, ms since 1970; undefined without a field for it. */
const timeReader = ({ eventTime, schema }: Config): ((value: unknown) => number | undefined) => {
  const field = recordFields(schema).find(({ name }) => name === eventTime)
  if (field === undefined) return () => undefined
  const perMs = unitOf(field) ?? 1
  return (value) => {
    const time: unknown =
      typeof value === "object" && value !== null ? Reflect.get(value, field.name) : undefined
    return typeof time === "number" ? Math.floor(time / perMs) : undefined
  }
}
