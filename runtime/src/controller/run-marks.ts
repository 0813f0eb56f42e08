import * as Effect from "effect/Effect"
import { Transport, type TransportShape } from "../transport/transport.ts"

/** What the log remembers of the runs of a pipeline: which revision was started last, and which has run to its end. */
export interface RunMarks {
  readonly started: number
  readonly ended: number
}

/** The controller's own task in each pipeline: its marks are committed like any task's place. */
export const marksNode = "~controller"

/** What a commit changes nothing of. */
export const noChange = {
  outputs: [],
  state: new Uint8Array(0),
  offsets: [],
  positions: {},
  tokens: {},
  watermarks: {},
  counts: {}
}

export const readMarks = Effect.fn("readMarks")(function* (pipeline: string) {
  const transport = yield* Transport
  const all = yield* transport.checkpoints(pipeline)
  const own = all.find(({ task }) => task.node === marksNode)?.checkpoint.positions ?? {}
  return { started: Number(own["started"] ?? 0), ended: Number(own["ended"] ?? 0) } satisfies RunMarks
})

/** Durable when it answers. */
export const writeMarks = Effect.fn("writeMarks")(function* (
  pipeline: string,
  marks: Partial<RunMarks>,
  now: number
) {
  const transport: TransportShape = yield* Transport
  const log = yield* transport.openTask({ pipeline, node: marksNode, partition: 0 })
  yield* log.commit({
    ...noChange,
    positions: Object.fromEntries(Object.entries(marks).map(([name, revision]) => [name, String(revision)])),
    completed: true,
    now
  })
})
