import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { TransportShape } from "../../transport/transport.ts"
import type { DevInput } from "./input/dev-inputs.ts"
import { type Feed, startFeed } from "./input/feed.ts"
import type { Show } from "./view/event.ts"

/** The feeds of the version that runs. */
export interface Feeds {
  /** Stops what feeds other inputs than these; what the streams before still hold is read first, for a moment. */
  readonly leave: (next: readonly DevInput[]) => Effect.Effect<void>
  /**
   * Feeds these inputs; those that are fed already go on, and give a record at once. Tells what was left unread in the streams
   * that are no input any more.
   */
  readonly enter: (inputs: readonly DevInput[], pipeline: string) => Effect.Effect<void, unknown>
  readonly replay: Effect.Effect<void>
  /** There may be more records to feed. */
  readonly wake: Effect.Effect<void>
}

const drainFor = "2 seconds"
const pollFor = "20 millis"
const defaultRate = 5

interface Running {
  readonly input: DevInput
  readonly feed: Feed
  readonly scope: Scope.Closeable
  readonly backlog: Effect.Effect<number>
}

/** A stream whose feed was stopped, and that the version before had perhaps not read to its end. */
type Left = Pick<Running, "input" | "backlog">

/** `rate`: records per second of each input; by default made-up records come slowly, and the author's own at once. */
export const openFeeds = Effect.fn("openFeeds")(function* (
  transport: TransportShape,
  rate: number | undefined,
  show: Show
) {
  const parent = yield* Effect.scope
  const running = new Map<string, Running>()
  let left: readonly Left[] = []

  const backlogOf = (pipeline: string, stream: string): Effect.Effect<number> =>
    Effect.gen(function* () {
      const end = yield* transport.end(stream, 0)
      const offsets = (yield* transport.checkpoints(pipeline)).flatMap(({ checkpoint }) => checkpoint.offsets)
      return Number(end - (offsets.find(({ topic }) => topic === stream)?.next ?? 0n))
    }).pipe(Effect.orElseSucceed(() => 0))

  const start = Effect.fnUntraced(function* (input: DevInput, pipeline: string) {
    const scope = yield* Scope.fork(parent)
    const isSteady = input.supply.count === undefined
    const backlog = input.isTable ? Effect.succeed(0) : backlogOf(pipeline, input.stream)
    const feed = yield* startFeed({
      transport,
      topic: input.stream,
      input,
      supply: input.supply,
      rate: input.isTable ? undefined : (rate ?? (isSteady ? defaultRate : undefined)),
      backlog
    }).pipe(Effect.provideService(Scope.Scope, scope))
    running.set(input.stream, { input, feed, scope, backlog })
  })

  const stop = Effect.fnUntraced(function* (
    stream: string,
    { backlog, input, scope }: Running
  ): Effect.fn.Return<void> {
    running.delete(stream)
    yield* Scope.close(scope, Exit.void)
    if (input.isTable) return
    left = [...left, { input, backlog }]
    const empty = Effect.gen(function* () {
      while ((yield* backlog) > 0) yield* Effect.sleep(pollFor)
    })
    yield* Effect.timeoutOption(empty, drainFor)
  })

  /** Asked when the version before has stopped: until then it reads on. */
  const tellUnread = Effect.fnUntraced(function* (inputs: readonly DevInput[]) {
    const gone = left.filter(({ input }) => !inputs.some(({ stream }) => stream === input.stream))
    left = []
    for (const { backlog, input } of gone) {
      const count = yield* backlog
      if (count > 0) show({ event: "unread", input: input.name, count, ...unreadTexts })
    }
  })

  const feeds: Feeds = {
    leave: (next) =>
      Effect.forEach(
        [...running].filter(
          ([stream, { input }]) => !next.some((each) => isSame(each, input) && each.stream === stream)
        ),
        ([stream, each]) => stop(stream, each),
        { discard: true }
      ),
    enter: (inputs, pipeline) =>
      Effect.andThen(
        tellUnread(inputs),
        Effect.forEach(
          inputs,
          (input) =>
            Effect.suspend(() => {
              const known = running.get(input.stream)
              if (known === undefined) return start(input, pipeline)
              return input.isTable ? Effect.void : known.feed.nudge
            }),
          { discard: true }
        )
      ),
    wake: Effect.suspend(() =>
      Effect.forEach([...running.values()], ({ feed }) => feed.wake, { discard: true })
    ),
    replay: Effect.suspend(() =>
      Effect.forEach(
        [...running.values()].filter(({ input }) => !input.isTable),
        ({ feed }) => feed.replay,
        { discard: true }
      )
    )
  }
  return feeds
})

const unreadTexts = {
  why: "the input's contract changed, and the version before had not read them",
  remedy: "records of the new contract are fed instead; these are read when the contract is again as it was"
}

/** The same records go on: the supply is made anew at every load, and is the same where its text is. */
const isSame = (left: DevInput, right: DevInput): boolean => left.fingerprint === right.fingerprint
