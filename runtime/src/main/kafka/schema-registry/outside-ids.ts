import { assembleSchema, type Json, parseAvro, schemaText } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import type { SchemaIds } from "../../../transport/kafka/schema-ids.ts"
import { TransportError } from "../../../transport/transport.ts"
import type { KeptSchema, RegistryClient, RegistryFailure } from "./registry-client.ts"

/** Of one schema, all that it leads to. */
const mostReferences = 200

export interface OutsideIds {
  readonly client: RegistryClient
  /** Of what is no named stream: nobody else reads it. */
  readonly own: SchemaIds
  /** Before the names of the platform's own. */
  readonly prefix: string
}

/**
 * Ids of named streams by an outside registry: under `TOPIC-value`, and under `PREFIXcontrol` for what tasks tell each other in them,
 * which clients of a compacted stream look up too.
 */
export const outsideIds = ({ client, own, prefix }: OutsideIds): SchemaIds => ({
  origin: "outside",
  idOf: (topic, text) =>
    topic.internal
      ? own.idOf(topic, text)
      : Effect.mapError(
          client.register(topic.isControl ? `${prefix}control` : streamSubject(topic.kafkaTopic), text),
          failed
        ),
  textOf: (topic, id) =>
    topic.internal
      ? own.textOf(topic, id)
      : client.withId(id).pipe(
          Effect.flatMap((found) =>
            found === undefined ? Effect.succeed(undefined) : joined(client, found)
          ),
          Effect.mapError(failed)
        )
})

/** The subject that a stream's values have in an outside registry. */
export const streamSubject = (kafkaTopic: string): string => `${kafkaTopic}-value`

/** A schema with all that it refers to, in the form in which Millrace writes schemas; undefined for what is none of Avro. */
const joined = Effect.fnUntraced(function* (
  client: RegistryClient,
  { references, schema, schemaType }: KeptSchema
): Effect.fn.Return<string | undefined, RegistryFailure> {
  if (schemaType !== undefined && schemaType !== null && schemaType !== "AVRO") return undefined
  const root = jsonOf(schema)
  const others: Json[] = []
  const seen = new Set<string>()
  const waiting = [...(references ?? [])]
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { subject, version } = next
    const place = `${subject} ${version}`
    if (seen.has(place)) continue
    if (seen.size === mostReferences) return undefined
    seen.add(place)
    const found = yield* client.ofVersion(subject, version)
    const json = found === undefined ? undefined : jsonOf(found.schema)
    if (json === undefined) return undefined
    others.push(json)
    waiting.push(...(found?.references ?? []))
  }
  if (root === undefined) return undefined
  const parsed = parseAvro(others.length === 0 ? root : assembleSchema(root, others))
  return "ok" in parsed ? schemaText(parsed.ok) : undefined
})

/** Some registries keep the name of a primitive type as it is. */
const jsonOf = (text: string): Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return /^[a-z]+$/.test(text) ? text : undefined
  }
}

/** What is refused stays so; all else passes, or is mended there. */
const failed = ({ message, reason }: RegistryFailure): TransportError =>
  new TransportError({ reason: reason === "refused" ? "unsupported" : reason, message })
