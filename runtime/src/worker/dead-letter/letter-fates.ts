import * as Effect from "effect/Effect"
import { countLetters } from "./kept-letters.ts"
import type { Checkpoint, TaskId, TransportError, TransportShape } from "../../transport/transport.ts"

/** What became of a dead letter that is no longer open. */
export type LetterFate = "replayed" | "discarded"

const fateNode = "~replay"

/** The task whose positions keep the fates: `PARTITION/OFFSET` of the dead letter. docs/formats/dead-letter.md. */
export const fateTask = (pipeline: string) => ({ pipeline, node: fateNode, partition: 0 })

const positions: { readonly [F in LetterFate]: string } = {
  replayed: "{}",
  discarded: `{"discarded":true}`
}

/** The position that keeps a fate. */
export const positionOf = (fate: LetterFate): string => positions[fate]

/** The dead letters that were replayed or discarded, as `PARTITION/OFFSET`. */
export function letterFates(
  transport: TransportShape,
  pipeline: string
): Effect.Effect<ReadonlyMap<string, LetterFate>, TransportError> {
  return Effect.map(
    transport.checkpoints(pipeline),
    (all) =>
      new Map(
        Object.entries(fatePositions(all)).map(([place, position]) => [
          place,
          position === positions.discarded ? "discarded" : "replayed"
        ])
      )
  )
}

type Checkpoints = readonly { readonly task: TaskId; readonly checkpoint: Checkpoint }[]

const fatePositions = (checkpoints: Checkpoints): Checkpoint["positions"] =>
  checkpoints.find(({ task }) => task.node === fateNode)?.checkpoint.positions ?? {}

/**
 * How many dead letters of a topic are open: neither replayed nor discarded. `checkpoints`: of the pipeline whose topic it is. Reads no
 * letter twice, so that a status may ask each second.
 */
export const countOpenLetters = Effect.fnUntraced(function* (
  transport: TransportShape,
  topic: string,
  checkpoints: Checkpoints
): Effect.fn.Return<number, TransportError> {
  const partitions = (yield* transport.topics).find(({ name }) => name === topic)?.partitions ?? 0
  const kept: { readonly end: number; readonly letters: number }[] = []
  for (let partition = 0; partition < partitions; partition++)
    kept.push(yield* countLetters(transport, topic, partition))
  const closed = Object.keys(fatePositions(checkpoints)).filter((place) => {
    const [partition, offset] = place.split("/").map(Number)
    return Number(offset) < (kept[Number(partition)]?.end ?? 0)
  })
  return kept.reduce((sum, { letters }) => sum + letters, 0) - closed.length
})

/** Keeps of dead letters that they are discarded; those with a fate are passed over. Answers how many were open. */
export const discardDeadLetters = Effect.fnUntraced(function* (
  transport: TransportShape,
  pipeline: string,
  places: readonly string[],
  now: number
): Effect.fn.Return<number, TransportError> {
  const log = yield* transport.openTask(fateTask(pipeline))
  const known = (yield* log.checkpoint)?.positions ?? {}
  const open = [...new Set(places)].filter((place) => !Object.hasOwn(known, place))
  if (open.length === 0) return 0
  yield* log.commit({
    outputs: [],
    state: new Uint8Array(0),
    offsets: [],
    positions: Object.fromEntries(open.map((place) => [place, positions.discarded])),
    tokens: {},
    watermarks: {},
    counts: {},
    completed: false,
    now
  })
  return open.length
})
