import type { RecordView } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { FailedBatch } from "../../../worker/worker-environment.ts"
import { placed } from "../load/problem.ts"
import type { SourcePlaces } from "../load/source-places.ts"
import type { Show } from "./event.ts"

type Letter = FailedBatch["letters"][number]

/** Shows records that failed, with the author's line; the same failure again and again is counted. */
export interface Troubles {
  readonly add: (batch: FailedBatch) => Effect.Effect<void>
  /** A new version: what it fails by is told anew. */
  readonly clear: () => void
}

export interface TroublesOptions {
  readonly show: Show
  /** By a bundle's SRI. */
  readonly places: ReadonlyMap<string, SourcePlaces>
  readonly recordAt: (stream: string, offset: bigint) => Effect.Effect<RecordView | undefined, unknown>
}

const againAfterMs = 5_000
const maxKinds = 1_000

interface Kind {
  count: number
  shownAt: number
}

export const openTroubles = Effect.fn("openTroubles")(function* ({
  places,
  recordAt,
  show
}: TroublesOptions) {
  const kinds = new Map<string, Kind>()
  const batches = yield* Queue.sliding<FailedBatch>(100)

  const tell = Effect.fnUntraced(function* (letter: Letter, digest: string | undefined) {
    const now = yield* Clock.currentTimeMillis
    const place =
      letter.at === undefined || digest === undefined ? undefined : places.get(digest)?.find(letter.at)
    const name = JSON.stringify([letter.code, letter.tag, letter.at?.[0] ?? letter.message])
    const kind = kinds.get(name) ?? { count: 0, shownAt: Number.NEGATIVE_INFINITY }
    if (kinds.size < maxKinds) kinds.set(name, kind)
    kind.count += 1
    if (now - kind.shownAt < againAfterMs) return
    const record = yield* Effect.orElseSucceed(
      letter.topic === "" ? Effect.undefined : recordAt(letter.topic, letter.offset),
      () => undefined
    )
    const { code, message, tag } = letter
    show({
      event: "dead-letter",
      ...(tag === undefined ? {} : { tag }),
      ...(record === undefined ? {} : { record: record.value }),
      ...(letter.raw === undefined ? {} : { record: letter.raw }),
      count: kind.count,
      ...placed({ code, message, remedy: remedyOf(code) }, place)
    })
    kind.count = 0
    kind.shownAt = now
  })
  yield* Effect.forkScoped(
    Effect.forever(
      Effect.flatMap(Queue.take(batches), ({ digests, letters }) =>
        Effect.forEach(letters, (letter) => tell(letter, digests[letter.node]), { discard: true })
      )
    )
  )
  const troubles: Troubles = {
    add: (batch) => Effect.asVoid(Queue.offer(batches, batch)),
    clear: () => kinds.clear()
  }
  return troubles
})

const remedyOf = (code: string): string => remedies[code] ?? "mend it and save; `r` feeds the records again"

const remedies: { readonly [code: string]: string } = {
  RECORD_INVALID:
    "the record does not fit the contract: let the contract take it, or feed others with --records",
  DEADLINE_EXCEEDED: "the body ran too long on this record: look for a loop that does not end",
  MEMORY_EXCEEDED: "the body took too much memory on this record",
  OUTPUT_TOO_LARGE: "give fewer or smaller records for one"
}
