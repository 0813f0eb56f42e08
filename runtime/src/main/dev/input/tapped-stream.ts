import { type Json, parseAvro, type RecordType } from "@millrace/sdk/avro"
import { controlEndpoints, type RecordView, registryEndpoints } from "@millrace/sdk/api"
import { makeClient } from "@millrace/registry/client"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { findDataFolder, findServer, type Server } from "../../data-folder.ts"
import { inferType } from "@millrace/sdk/testing"
import type { FileRecord } from "./record-file.ts"

/** Records of a stream of another platform, as they come. */
export interface TappedStream {
  readonly name: string
  readonly type: RecordType
  readonly key: readonly string[]
  /** Grows while the stream is followed. */
  readonly records: readonly FileRecord[]
  /** Follows the stream for ever; told when there are more records. */
  readonly follow: (onMore: Effect.Effect<void>) => Effect.Effect<void>
}

const firstRecords = 200
const mostRecords = 100_000
const pollEvery = "300 millis"

/** Opens `STREAM` or `PIPELINE.NODE`, with `@URL` where it is not of the nearest platform; waits for its first record. */
export const openTap = Effect.fn("openTap")(function* (from: string) {
  const at = /^(.+?)@(https?:\/\/.+)$/.exec(from)
  const name = at?.[1] ?? from
  const server =
    at === null ? yield* nearest : ({ url: at[2] ?? "", token: undefined, pid: undefined } satisfies Server)
  const options = { url: server.url, ...(server.token === undefined ? {} : { token: server.token }) }
  const client = makeClient(controlEndpoints, options)
  const topic = (yield* client.topics({})).find((each) => each.name === name)
  const records: FileRecord[] = []
  const add = (views: readonly RecordView[]): number => {
    const usable = views.filter(({ control, value }) => control === undefined && value !== null)
    for (const { value } of usable)
      if (records.length < mostRecords) records.push({ line: records.length + 1, value: toJson(value) })
    return usable.length
  }
  const places = (topic?.ends ?? []).map((end) => {
    const first = BigInt(end) - BigInt(Math.ceil(firstRecords / (topic?.partitions ?? 1)))
    return first > 0n ? first : 0n
  })
  const poll = Effect.gen(function* () {
    let count = 0
    for (const [partition, from] of places.entries()) {
      const query = { partition, from: String(from), limit: 1_000 }
      const page = yield* client.topicRecords({ params: { topic: name }, query })
      count += add(page.records)
      places[partition] = BigInt(page.next[String(partition)] ?? from)
    }
    return count
  })
  const [, pipeline = "", node = ""] = /^(.+)\.([^.]+)$/.exec(name) ?? []
  const tap = (limit: number) => client.tapNode({ params: { pipeline, node }, query: { limit } })
  if (topic === undefined) yield* Stream.runForEach(yield* tap(1), (view) => Effect.sync(() => add([view])))
  else while (records.length === 0) if ((yield* poll) === 0) yield* Effect.sleep(pollEvery)
  const registry = makeClient(registryEndpoints, options)
  const subject = yield* Effect.option(
    registry.getSubjectVersion({ params: { subject: name, version: "latest" } })
  )
  const follow: TappedStream["follow"] = (onMore) => {
    const onPoll = Effect.flatMap(poll, (count) => (count > 0 ? onMore : Effect.sleep(pollEvery)))
    const onTap = Effect.flatMap(tap(10_000), (views) =>
      Stream.runForEach(views, (view) =>
        Effect.andThen(
          Effect.sync(() => add([view])),
          onMore
        )
      )
    )
    const once = topic === undefined ? onTap : onPoll
    return Effect.forever(Effect.catch(once, () => Effect.sleep(pollEvery)))
  }
  const tapped: TappedStream = {
    name,
    type:
      typeOf(Option.getOrUndefined(subject)?.schema) ??
      inferType(
        "dev.tapped",
        records.map(({ value }) => value)
      ),
    key: Option.getOrUndefined(subject)?.key ?? [],
    records,
    follow
  }
  return tapped
})

const nearest = Effect.flatMap(findDataFolder(Option.none(), process.cwd()), findServer)

const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(value))

const typeOf = (schema: string | undefined): RecordType | undefined => {
  const parsed = schema === undefined ? undefined : parseAvro(schema)
  return parsed !== undefined && "ok" in parsed && parsed.ok.kind === "record" ? parsed.ok : undefined
}
