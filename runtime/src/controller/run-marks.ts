import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Checkpoint, type TaskId, Transport, type TransportShape } from "../transport/transport.ts"

/** Where a pipeline is to be set back to. */
export const ResetTarget = Schema.Union([
  /** Sources and other pipelines' streams from their beginning. */
  Schema.Struct({ to: Schema.Literal("start") }),
  /** This offset of every partition of the streams that it reads first. */
  Schema.Struct({ to: Schema.Literal("offset"), offset: Schema.String }),
  /** The first record there of this time or later, ms since 1970. */
  Schema.Struct({ to: Schema.Literal("time"), time: Schema.Number })
])
export type ResetTarget = typeof ResetTarget.Type

/** What is to be done before a revision starts next; kept until it is done, so that a kill leaves nothing half done. */
export const Intent = Schema.Union([
  Schema.Struct({ does: Schema.Literal("reset"), revision: Schema.Int, target: ResetTarget }),
  Schema.Struct({
    does: Schema.Literal("restore"),
    /** The revision that the one it is for follows. */
    after: Schema.Int,
    planHash: Schema.String,
    pipeline: Schema.String,
    savepoint: Schema.String
  })
])
export type Intent = typeof Intent.Type

/** A revision that has taken the place of one that ran well, and has yet to show that it can run. */
export const Trial = Schema.Struct({
  revision: Schema.Int,
  /** The revision to go back to. */
  before: Schema.Int,
  /** That one was paused. */
  wasPaused: Schema.Boolean,
  /** Commits of all its tasks when the revision took over: as many still, and nothing of it is durable. */
  commits: Schema.Int
})
export type Trial = typeof Trial.Type

/** What the log remembers of the runs of a pipeline: which revision was started last, and which has run to its end. */
export interface RunMarks {
  readonly started: number
  readonly ended: number
  readonly intent: Intent | undefined
  readonly trial: Trial | undefined
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

const IntentText = Schema.fromJsonString(Intent)
const readIntent = Schema.decodeUnknownOption(IntentText)
const intentText = Schema.encodeSync(IntentText)
const TrialText = Schema.fromJsonString(Trial)
const readTrial = Schema.decodeUnknownOption(TrialText)
const trialText = Schema.encodeSync(TrialText)

export const readMarks = Effect.fn("readMarks")(function* (pipeline: string) {
  const transport = yield* Transport
  return marksIn(yield* transport.checkpoints(pipeline))
})

/** The marks among a pipeline's checkpoints. */
export const marksIn = (
  checkpoints: readonly { readonly task: TaskId; readonly checkpoint: Checkpoint }[]
): RunMarks => {
  const own = checkpoints.find(({ task }) => task.node === marksNode)?.checkpoint.positions ?? {}
  return {
    started: Number(own["started"] ?? 0),
    ended: Number(own["ended"] ?? 0),
    intent: Option.getOrUndefined(readIntent(own["intent"] ?? "")),
    trial: Option.getOrUndefined(readTrial(own["trial"] ?? ""))
  }
}

/** Sets the marks that are given; `undefined` takes one away. Durable when it answers. */
export const writeMarks = Effect.fn("writeMarks")(function* (
  pipeline: string,
  marks: Partial<RunMarks>,
  now: number
) {
  const transport: TransportShape = yield* Transport
  const log = yield* transport.openTask({ pipeline, node: marksNode, partition: 0 })
  const positions = Object.entries(marks).map(([name, mark]) => [name, markText(mark)])
  yield* log.commit({ ...noChange, positions: Object.fromEntries(positions), completed: true, now })
})

const markText = (mark: RunMarks[keyof RunMarks]): string => {
  if (mark === undefined) return ""
  if (typeof mark === "number") return String(mark)
  return "does" in mark ? intentText(mark) : trialText(mark)
}
