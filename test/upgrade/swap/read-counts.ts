import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { compileValue } from "@millrace/sdk/codec"
import { BatchCursor } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { embeddedTransport } from "../../../runtime/src/transport/embedded/index.ts"
import { Transport } from "../../../runtime/src/transport/transport.ts"
import type { LoggedCount } from "./judge.ts"

const readBytes = 8 * 1024 * 1024

const decode = Schema.decodeUnknownSync(
  Schema.Struct({ key: Schema.String, seq: Schema.Int, n: Schema.Int, by: Schema.String })
)

/** All counts of a topic, in the order of each partition, of a log that no process has open. */
export const readCounts = (folder: string, topic: string): Promise<readonly LoggedCount[]> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const transport = yield* Transport
      const found = (yield* transport.topics).find(({ name }) => name === topic)
      const counts: LoggedCount[] = []
      for (let partition = 0; partition < (found?.partitions ?? 0); partition++)
        for (let next = 0n; ;) {
          const batches = yield* transport.read(topic, partition, next, readBytes)
          if (batches.length === 0) break
          for (const { baseOffset, frame } of batches) {
            const cursor = new BatchCursor(frame)
            const text = yield* transport.schema(cursor.header.schemaHash)
            const codec = text === undefined ? undefined : compileValue(parseAvroOrThrow(JSON.parse(text)))
            while (cursor.next()) {
              next = baseOffset + BigInt(cursor.index + 1)
              const value = cursor.isControl || cursor.isTombstone ? null : cursor.value()
              if (value === null || codec === undefined) continue
              counts.push({ partition, ...decode(codec.read(value, 0, value.length)) })
            }
          }
        }
      return counts
    }).pipe(Effect.provide(embeddedTransport({ folder })))
  )
