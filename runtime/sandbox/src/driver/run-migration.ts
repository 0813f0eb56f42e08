import { parseAvroOrThrow, type RecordType, schemaHash } from "@millrace/sdk/avro"
import { generateView, generateWriter } from "@millrace/sdk/codec"
import { migratedField, migrationInput } from "@millrace/sdk/manifest"
import { BatchCursor, BatchWriter } from "@millrace/sdk/record"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { SandboxPool } from "../sandbox-pool.ts"
import type { NodeSpec, SandboxLimits, SegmentHost } from "../segment.ts"

/** A value that could not be migrated. */
export interface MigrationFailure {
  /** Of the value; undefined where it was not one value's fault. */
  readonly key: Uint8Array | null | undefined
  readonly reason: string
}

export interface MigrationPlace {
  /** Of the node in the version that migrates. */
  readonly spec: NodeSpec
  readonly domain: string
  readonly limits: SandboxLimits
  readonly state: string
  /** Place of the migration in the plugin's list. */
  readonly index: number
  /** Avro schema texts: of what is kept, what the migration takes, and what it gives. */
  readonly schemas: { readonly kept: string; readonly from: string; readonly now: string }
}

type Values = readonly { readonly key: Uint8Array | null; readonly value: Uint8Array }[]

/**
 * Loads the plugin into the sandbox of its trust domain with nothing but the migration as its input: no state, no host request,
 * no output but its own. Answers what makes values of now from values that are kept, as many in the same order.
 */
export const openMigration = Effect.fn("openMigration")(function* (place: MigrationPlace) {
  const pool = yield* SandboxPool
  const { domain, limits, schemas, state } = place
  const [kept, from, now] = [wrapped(schemas.kept), wrapped(schemas.from), wrapped(schemas.now)]
  const input = migrationInput(state, place.index)
  const spec: NodeSpec = {
    ...place.spec,
    views: {
      [input]: generateView({ writer: kept, reads: { form: "whole", reader: from }, output: "none" })
    },
    schemas: {},
    outputs: [{ name: "output", schemaHash: schemaHash(now), writer: generateWriter(now) }],
    state: [],
    timers: false,
    tables: [],
    handles: [],
    onError: "dead-letter",
    maxRetries: 0
  }
  const opened = yield* pool
    .open({
      id: `${spec.node}/migrate/${state}`,
      domain,
      nodes: [spec],
      limits
    })
    .pipe(Effect.mapError(({ message }): MigrationFailure => ({ key: undefined, reason: message })))
  const keptHash = schemaHash(kept)
  return Effect.fnUntraced(function* (
    values: Values
  ): Effect.fn.Return<readonly Uint8Array[], MigrationFailure> {
    const result = yield* opened
      .call(
        {
          partition: 0,
          now: yield* Clock.currentTimeMillis,
          seed: new Uint8Array(32),
          head: {
            kind: "records",
            inputs: [
              { input, topic: input, topicPartition: 0, baseOffset: 0n, frame: frameOf(values, keptHash) }
            ],
            end: false
          },
          tables: []
        },
        aloneHost
      )
      .pipe(Effect.mapError(({ message }): MigrationFailure => ({ key: undefined, reason: message })))
    const [failed] = result.deadLetters
    if (failed !== undefined)
      return yield* Effect.fail({
        key: values[Number(failed.offset)]?.key,
        reason: failed.tag === undefined ? failed.message : `${failed.tag}: ${failed.message}`
      })
    const made = result.outputs.flatMap(({ frame }) => valuesOf(frame))
    if (made.length === values.length) return made
    return yield* Effect.fail({ key: undefined, reason: `${values.length} values gave ${made.length}` })
  })
})

/** A record of one field has the bytes of the field's value. */
const wrapped = (schema: string): RecordType => {
  const text = `{"type":"record","name":"millrace.StateValue","fields":[{"name":"${migratedField}","type":${schema}}]}`
  const type = parseAvroOrThrow(text)
  if (type.kind !== "record") throw new TypeError("a record was written")
  return type
}

const frameOf = (values: Values, hash: Uint8Array): Uint8Array => {
  const writer = new BatchWriter()
  writer.begin(hash)
  for (const { key, value } of values) writer.append({ timestamp: 0, key }, value)
  return writer.finish()
}

const valuesOf = (frame: Uint8Array): readonly Uint8Array[] => {
  const cursor = new BatchCursor(frame)
  const values: Uint8Array[] = []
  while (cursor.next()) values.push(frame.slice(cursor.valueStart, cursor.valueEnd))
  return values
}

const aloneHost: SegmentHost = {
  request: () =>
    Effect.fail({
      _tag: "HostRequestError",
      code: "PERMISSION_DENIED",
      message: "a migration may not ask the worker for anything"
    }),
  readState: () => Effect.succeed(new Uint8Array(0))
}
