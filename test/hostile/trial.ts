import { SandboxPool } from "@millrace/sandbox"
import type {
  GuardName,
  HostReply,
  HostRequestError,
  SandboxPoolOptions,
  SandboxPoolShape,
  Segment,
  SegmentHost,
  SegmentResult
} from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { HostileCase, Observed } from "./hostile-case.ts"
import { poisonTitle } from "./hostile-case.ts"
import { callOf, calmBundle, hostileBundle, segmentOf } from "./hostile-plugin.ts"
import { frameOf, moviesIn } from "./movie.ts"
import type { Movie } from "./movie.ts"

export interface TrialOptions {
  readonly disabled?: readonly GuardName[]
  /** The neighbour shares the attacker's trust domain: what G1 forbids. */
  readonly isOneDomain?: boolean
  /** After which the attack counts as not contained. */
  readonly limitMs?: number
}

const five: readonly Movie[] = Array.from({ length: 5 }, (_, place) => ({
  id: `m${place}`,
  title: place === 2 ? poisonTitle : `Movie ${place}`,
  rating: place
}))
const calm: readonly Movie[] = Array.from({ length: 8 }, (_, place) => ({
  id: `n${place}`,
  title: "neighbour-secret",
  rating: place
}))
/** Times that a guest's timer waits for are real; its requests are answered at once. */
const defaultLimitMs = 20_000

/** Runs a hostile plugin in a pool of its own, with a neighbour in another trust domain that is called all the while. */
export function runTrial(hostile: HostileCase, options: TrialOptions = {}): Promise<Observed> {
  const pool: SandboxPoolOptions = {
    disableGuards: options.disabled ?? [],
    quarantine: { kills: 1000, windowMs: 600_000 },
    ...(hostile.preamble === undefined ? {} : { preamble: hostile.preamble })
  }
  const program = Effect.scoped(
    Effect.flatMap(SandboxPool, (live) => trial(live, hostile, options)).pipe(
      Effect.catch((error) => Effect.succeed(unopened(`${error.code}: ${error.message}`)))
    )
  )
  return Effect.runPromise(program.pipe(Effect.provide(SandboxPool.layer(pool))))
}

let present: Promise<readonly string[]> | undefined

/** Names of the guards that this platform has. */
export function platformGuards(): Promise<readonly string[]> {
  present ??= Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const pool = yield* SandboxPool
        yield* pool.open(segmentOf("calm", calmBundle))
        return (yield* pool.processes)[0]?.guards ?? []
      })
    ).pipe(Effect.provide(SandboxPool.layer()))
  )
  return present
}

function trial(pool: SandboxPoolShape, hostile: HostileCase, options: TrialOptions) {
  return Effect.gen(function* () {
    const limitMs = options.limitMs ?? defaultLimitMs
    const bad = yield* pool.open(segmentOf("hostile", hostileBundle(hostile), hostile))
    const good = yield* pool.open(
      segmentOf(options.isOneDomain === true ? "hostile" : "calm", calmBundle, { deadlineMs: 5000 })
    )
    const started = yield* restartsOf(pool)
    const memory = process.memoryUsage().rss
    const requests: unknown[] = []
    const neighbour: Neighbour = { calls: 0, wrong: 0, latenciesMs: [], isDone: false }
    const beside = yield* Effect.forkChild(callNeighbour(good, neighbour))
    const begun = performance.now()
    const attacked = yield* attempt(bad, five, hostOf(requests), limitMs)
    const elapsedMs = performance.now() - begun
    neighbour.isDone = true
    yield* Fiber.join(beside)
    const { calls, wrong, latenciesMs } = neighbour
    const later = yield* attempt(
      bad,
      five.filter(({ id }) => id !== "m2"),
      hostOf(requests),
      limitMs
    )
    const ended = yield* restartsOf(pool)
    return {
      ...readResult(attacked),
      restarts: ended.hostile - started.hostile,
      later: later.result === undefined ? [] : moviesOf(later.result).map(({ id }) => id),
      elapsedMs,
      neighbour: { calls, wrong, latenciesMs, restarts: ended.calm - started.calm },
      harm: harmDone(memory),
      requests
    }
  })
}

interface Attempt {
  readonly result: SegmentResult | undefined
  readonly failure: string | undefined
}

function attempt(segment: Segment, movies: readonly Movie[], host: SegmentHost, limitMs: number) {
  return segment.call(callOf(frameOf(movies)), host).pipe(
    Effect.map((result): Attempt => ({ result, failure: undefined })),
    Effect.catch((error) =>
      Effect.succeed<Attempt>({ result: undefined, failure: `${error.code}: ${error.message}` })
    ),
    Effect.timeoutOrElse({
      duration: limitMs,
      orElse: () => Effect.succeed<Attempt>({ result: undefined, failure: "not contained in time" })
    })
  )
}

interface Neighbour {
  calls: number
  wrong: number
  readonly latenciesMs: number[]
  isDone: boolean
}

/** Calls it again and again, and once more after the attack; never interrupted, for that kills its process. */
function callNeighbour(segment: Segment, neighbour: Neighbour): Effect.Effect<void> {
  return Effect.suspend(() => {
    const isLast = neighbour.isDone
    const next = Effect.suspend(() =>
      isLast ? Effect.void : Effect.andThen(Effect.sleep(40), callNeighbour(segment, neighbour))
    )
    return Effect.andThen(callOnce(segment, neighbour), next)
  })
}

function callOnce(segment: Segment, neighbour: Neighbour): Effect.Effect<void> {
  return Effect.suspend(() => {
    const begun = performance.now()
    return Effect.map(attempt(segment, calm, hostOf([]), defaultLimitMs), ({ result }) => {
      neighbour.latenciesMs.push(performance.now() - begun)
      neighbour.calls += 1
      const isRight =
        result !== undefined &&
        result.deadLetters.length === 0 &&
        JSON.stringify(moviesOf(result)) === JSON.stringify(calm)
      if (!isRight) neighbour.wrong += 1
    })
  })
}

const secretText = "boom db=postgres://u:p@h/x at /srv/app/driver.js:40"

/** Answers every request, but `leak` by a defect of its own and `refuse` by an error, both with what no guest may see. */
function hostOf(requests: unknown[]): SegmentHost {
  return {
    request: ({ payload, operation }) =>
      Effect.suspend((): Effect.Effect<HostReply, HostRequestError> => {
        requests.push(payload)
        if (operation === "leak") return Effect.die(new Error(secretText))
        if (operation === "refuse")
          return Effect.fail({ _tag: "HostRequestError", code: "UPSTREAM", message: secretText })
        return Effect.succeed({ result: "answered" })
      }),
    readState: () => Effect.succeed(new Uint8Array(0))
  }
}

function restartsOf(pool: SandboxPoolShape) {
  return Effect.map(pool.processes, (processes) => {
    const of = (domain: string): number => processes.find((one) => one.domain === domain)?.restarts ?? -1
    return { hostile: of("hostile"), calm: of("calm") }
  })
}

function moviesOf(result: SegmentResult): readonly Movie[] {
  return result.outputs.flatMap(({ frame }) => moviesIn(frame))
}

function readResult({ result, failure }: Attempt) {
  const movies = result === undefined ? [] : moviesOf(result)
  return {
    failure,
    ids: movies.map(({ id }) => id),
    titles: movies.map(({ title }) => title),
    letters: (result?.deadLetters ?? []).map(({ code, offset, message, tag }) => ({
      code,
      offset,
      message,
      tag
    })),
    logs: result?.logs ?? [],
    metrics: result?.metrics ?? []
  }
}

const maxWorkerGrowth = 256 * 1024 * 1024
const shapes = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  Promise.prototype,
  Uint8Array.prototype
]
const shapesBefore = shapes.map((shape) => Object.getOwnPropertyNames(shape).join())

/** Traces that an attack may leave in this process, which stands for the worker. */
function harmDone(residentBefore: number): readonly string[] {
  const harm: string[] = []
  if ("isAdmin" in {}) harm.push("Object.prototype.isAdmin is set")
  if (shapes.some((shape, place) => Object.getOwnPropertyNames(shape).join() !== shapesBefore[place]))
    harm.push("a prototype of the worker's changed")
  const grown = process.memoryUsage().rss - residentBefore
  if (grown > maxWorkerGrowth) harm.push(`the worker grew by ${Math.round(grown / 1e6)} MB`)
  return harm
}

function unopened(failure: string): Observed {
  return {
    ids: [],
    titles: [],
    letters: [],
    failure,
    restarts: 0,
    later: [],
    elapsedMs: 0,
    neighbour: { calls: 0, wrong: 0, restarts: 0, latenciesMs: [] },
    harm: [],
    logs: [],
    metrics: [],
    requests: []
  }
}
