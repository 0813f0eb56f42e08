import { apiError, type DeadLetterView, type FieldEdits } from "@millrace/sdk/api"
import { openBatch } from "@millrace/sdk/record"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Plan } from "../plan/index.ts"
import { Transport, type LogBatch } from "../transport/transport.ts"
import { readDeadLetters, type StoredDeadLetter } from "../worker/dead-letter/dead-letter.ts"
import { editRecord, EditFault } from "../worker/dead-letter/edit-record.ts"
import { discardDeadLetters as discard, letterFates } from "../worker/dead-letter/letter-fates.ts"
import type { LetterFate } from "../worker/dead-letter/letter-fates.ts"
import { replayDeadLetter } from "../worker/dead-letter/replay.ts"
import type { RecordViewer } from "./record-view.ts"
import { runOf } from "./status.ts"
import { logFailed } from "./topics.ts"

const readBytes = 1_048_576

interface Found {
  readonly partition: number
  readonly offset: bigint
  readonly letter: StoredDeadLetter
}

export interface DeadLetterQuery {
  readonly pipeline: string
  readonly node: string | undefined
  readonly limit: number
}

/** The dead letters of a pipeline, oldest first. */
export const listDeadLetters = Effect.fn("listDeadLetters")(function* (
  query: DeadLetterQuery,
  viewer: RecordViewer
) {
  const { plan } = yield* runOf(query.pipeline)
  const found = (yield* allOf(plan)).filter(
    ({ letter }) => query.node === undefined || letter.node === query.node
  )
  const done = yield* fatesOf(query.pipeline)
  return yield* Effect.forEach(found.slice(-query.limit), (each) =>
    viewOf(query.pipeline, each, done, viewer)
  )
})

export const showDeadLetter = Effect.fn("showDeadLetter")(function* (
  pipeline: string,
  id: string,
  viewer: RecordViewer
) {
  const { plan } = yield* runOf(pipeline)
  const found = (yield* allOf(plan)).find((each) => idOf(each) === id)
  if (found === undefined) return yield* apiError("DEAD_LETTER_UNKNOWN", { pipeline, id })
  return yield* viewOf(pipeline, found, yield* fatesOf(pipeline), viewer)
})

export interface ReplayWish {
  readonly ids?: readonly string[]
  readonly node?: string
  readonly edits?: { readonly [id: string]: FieldEdits }
}

/**
 * Puts dead letters back in, in their order; those that were before, or were discarded, are passed over. Every edit is
 * made before the first goes in. Answers how many went in.
 */
export const replayDeadLetters = Effect.fn("replayDeadLetters")(function* (
  pipeline: string,
  wanted: ReplayWish
) {
  const { plan } = yield* runOf(pipeline)
  const all = yield* allOf(plan)
  yield* refuseUnknown(pipeline, all, [...(wanted.ids ?? []), ...Object.keys(wanted.edits ?? {})])
  const named = wanted.ids === undefined ? undefined : new Set(wanted.ids)
  const done = yield* fatesOf(pipeline)
  const chosen = all.filter(
    (each) =>
      (named === undefined ? each.letter.frame !== null : named.has(idOf(each))) &&
      (wanted.node === undefined || each.letter.node === wanted.node) &&
      !done.has(placeOf(each))
  )
  const frames = yield* Effect.forEach(chosen, (each) => edited(each, wanted.edits ?? {}))
  const transport = yield* Transport
  for (const [index, each] of chosen.entries()) {
    yield* replayDeadLetter(transport, plan.physical, each, frames[index]).pipe(
      Effect.catchTag("TransportError", (error) => Effect.fail(logFailed(error))),
      Effect.catchTag("ReplayError", (error) => Effect.fail(refusal(error.code, pipeline, each)))
    )
  }
  return chosen.length
})

/** Puts dead letters away; those that were replayed or discarded before are passed over. Answers how many. */
export const discardDeadLetters = Effect.fn("discardDeadLetters")(function* (
  pipeline: string,
  ids: readonly string[]
) {
  const { plan } = yield* runOf(pipeline)
  const all = yield* allOf(plan)
  yield* refuseUnknown(pipeline, all, ids)
  const wanted = new Set(ids)
  const places = all.filter((each) => wanted.has(idOf(each))).map(placeOf)
  const now = yield* Clock.currentTimeMillis
  return yield* Effect.mapError(discard(yield* Transport, pipeline, places, now), logFailed)
})

const refuseUnknown = (pipeline: string, all: readonly Found[], ids: readonly string[]) => {
  const known = new Set(all.map(idOf))
  const unknown = ids.find((id) => !known.has(id))
  return unknown === undefined ? Effect.void : apiError("DEAD_LETTER_UNKNOWN", { pipeline, id: unknown })
}

/** The record of a dead letter with its edits; undefined where it has none. */
const edited = Effect.fnUntraced(function* (each: Found, edits: { readonly [id: string]: FieldEdits }) {
  const id = idOf(each)
  const fields = Object.hasOwn(edits, id) ? edits[id] : undefined
  const { frame } = each.letter
  if (fields === undefined || frame === null) return undefined
  const transport = yield* Transport
  const schema = yield* Effect.mapError(transport.schema(frame.subarray(48, 80)), logFailed)
  if (schema === undefined) return yield* apiError("DEAD_LETTER_WITHOUT_RECORD", { id })
  return yield* Effect.try({
    try: () => editRecord(frame, schema, fields),
    catch: (error) => error
  }).pipe(
    Effect.catch((error) =>
      error instanceof EditFault
        ? apiError(
            "DEAD_LETTER_EDIT_INVALID",
            { id, field: error.field, problem: error.message },
            `body.edits.${id}.${error.field}`
          )
        : Effect.die(error)
    )
  )
})

const refusal = (code: string, pipeline: string, each: Found) => {
  const id = idOf(each)
  if (code === "NOT_REPLAYABLE") return apiError("DEAD_LETTER_WITHOUT_RECORD", { id })
  if (code === "NODE_GONE") return apiError("NODE_UNKNOWN", { pipeline, node: each.letter.node })
  return apiError("DEAD_LETTER_UNKNOWN", { pipeline, id })
}

const idOf = ({ offset, partition }: Found): string => `${partition}-${offset}`

/** As the log names it. */
const placeOf = ({ offset, partition }: Found): string => `${partition}/${offset}`

const fatesOf = Effect.fnUntraced(function* (pipeline: string) {
  return yield* letterFates(yield* Transport, pipeline).pipe(Effect.mapError(logFailed))
})

const allOf = Effect.fnUntraced(function* (plan: Plan) {
  const transport = yield* Transport
  const name = plan.physical.chains[0]?.deadLetterTopic ?? ""
  const topics = yield* Effect.mapError(transport.topics, logFailed)
  const partitions = topics.find((topic) => topic.name === name)?.partitions ?? 0
  const found: Found[] = []
  for (let partition = 0; partition < partitions; partition++) {
    let next = 0n
    for (;;) {
      const batches: readonly LogBatch[] = yield* Effect.mapError(
        transport.read(name, partition, next, readBytes),
        logFailed
      )
      if (batches.length === 0) break
      for (const { baseOffset, frame } of batches) {
        for (const [index, letter] of readDeadLetters(frame))
          found.push({ partition, offset: baseOffset + BigInt(index), letter })
        next = baseOffset + BigInt(openBatch(frame).count)
      }
    }
  }
  return found
})

const viewOf = Effect.fnUntraced(function* (
  pipeline: string,
  found: Found,
  done: ReadonlyMap<string, LetterFate>,
  viewer: RecordViewer
) {
  const { letter } = found
  const fate = done.get(placeOf(found))
  const value = letter.frame === null ? undefined : yield* recordIn(letter.frame, viewer)
  return {
    id: idOf(found),
    pipeline,
    node: letter.node,
    code: letter.code,
    tag: letter.tag,
    message: letter.message,
    topic: letter.topic,
    partition: letter.partition,
    offset: String(letter.offset),
    time: letter.time,
    ...(value === undefined ? {} : { value }),
    ...(letter.raw === null ? {} : { raw: letter.raw }),
    replayed: fate === "replayed",
    discarded: fate === "discarded"
  } satisfies DeadLetterView
})

/** The record that a dead letter keeps, decoded. */
const recordIn = Effect.fnUntraced(function* (frame: Uint8Array, viewer: RecordViewer) {
  const transport = yield* Transport
  const schema = yield* Effect.mapError(transport.schema(frame.subarray(48, 80)), logFailed)
  if (schema === undefined) return undefined
  const place = { topic: "", partition: 0, baseOffset: 0n, from: 0n, limit: 1 }
  return viewer.view(place, frame, schema)[0]?.value
})
