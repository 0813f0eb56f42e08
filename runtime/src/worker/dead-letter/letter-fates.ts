import * as Effect from "effect/Effect"
import type { TransportError, TransportShape } from "../../transport/transport.ts"

/** What became of a dead letter that is no longer open. */
export type LetterFate = "replayed" | "discarded"

/** The task whose positions keep the fates: `PARTITION/OFFSET` of the dead letter. docs/formats/dead-letter.md. */
export const fateTask = (pipeline: string) => ({ pipeline, node: "~replay", partition: 0 })

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
  return Effect.map(transport.checkpoints(pipeline), (all) => {
    const own = all.find(({ task }) => task.node === fateTask(pipeline).node)
    return new Map(
      Object.entries(own?.checkpoint.positions ?? {}).map(([place, position]) => [
        place,
        position === positions.discarded ? "discarded" : "replayed"
      ])
    )
  })
}

/** Keeps of dead letters that they are discarded; those with a fate are passed over. Answers how many were open. */
export function discardDeadLetters(
  transport: TransportShape,
  pipeline: string,
  places: readonly string[],
  now: number
): Effect.Effect<number, TransportError> {
  return Effect.gen(function* () {
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
}
