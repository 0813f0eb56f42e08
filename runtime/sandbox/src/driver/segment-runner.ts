import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type { Answered, ChildEnded, SandboxChild } from "../pool/sandbox-child.ts"
import type { PoolSettings } from "../pool/pool-options.ts"
import type { InputFrame, SegmentError, SegmentHost, SegmentSpec, TableInput } from "../segment.ts"
import { segmentError } from "../segment-error.ts"
import { sanitizeText } from "./host-errors.ts"
import { decodeRequests, OpenRequests } from "./host-requests.ts"
import type { ReadyAnswer } from "./host-requests.ts"
import type { KillCode, RunStopped } from "./isolate-poison.ts"
import type { LoadedIn } from "./loaded-in.ts"
import { unlessOvertaken } from "./overtaken.ts"
import { placeOf, takePieceResult } from "./piece-result.ts"
import type { PieceResult } from "./piece-result.ts"
import { decodeFailure } from "./report.ts"

/** One run of a segment in its process. */
export interface RunRequest {
  readonly segment: number
  readonly headJson: string
  readonly state: Uint8Array
  readonly inputs: readonly InputFrame[]
  readonly mayPass: boolean
}

type RunFailure = RunStopped | SegmentError

export interface RanPiece {
  readonly result: PieceResult
  /** Time that the guest has had, without what it waited for the worker and for other segments. */
  readonly ranMs: number
}

/**
 * Runs a segment once, when its process has the segment and the tables in it, and serves what its guest asks for meanwhile. The deadline is over the time that the guest runs or waits
 * for its own timers; while the worker serves a request, it stands still, but all such waiting of a call has a limit of its own.
 */
export function runSegment(
  spec: SegmentSpec,
  place: LoadedIn,
  tables: readonly TableInput[],
  /** Asked when the guest is there: what it is sent goes by what it holds. */
  asked: Effect.Effect<RunRequest, RunFailure>,
  host: SegmentHost,
  settings: PoolSettings
): Effect.Effect<RanPiece, RunFailure> {
  const runIn = (child: SandboxChild) =>
    Effect.flatMap(asked, (request) => {
      settings.onPoint("before-call")
      const rounds = new Rounds(spec, place, child, request, host, settings)
      return Effect.flatMap(rounds.run, (answered) => {
        settings.onPoint("after-reply")
        const ran = Effect.map(rounds.conclude(answered), (result) => ({ result, ranMs: rounds.ranMs }))
        const isFresh = settings.freshPerCall || spec.isFresh === true
        return isFresh ? Effect.andThen(place.unload, ran) : ran
      })
    })
  const once = Effect.suspend(() => {
    const child = place.childWith(tables)
    return child === undefined ? Effect.flatMap(prepared(place, tables, 1), runIn) : runIn(child)
  })
  return unlessOvertaken(once).pipe(
    Effect.catch((failure: RunFailure | ChildEnded) => {
      if (failure._tag !== "ChildEnded") return Effect.fail(failure)
      settings.onPoint("killed")
      return Effect.fail(stoppedBy(failure))
    })
  )
}

/** Starts of a process that may fail in a row before the task is told. */
const maxStarts = 3

/**
 * The process with the segment and its tables in it. INVARIANT: what ends the process before any record is in it is no record's
 * fault: it is tried again, and then fails the call as a whole.
 */
function prepared(
  place: LoadedIn,
  tables: readonly TableInput[],
  start: number
): Effect.Effect<SandboxChild, SegmentError> {
  const once = Effect.tap(place.ready, (child) => place.sendTables(child, tables))
  return unlessOvertaken(once).pipe(
    Effect.catchTag("ChildEnded", (ended) => {
      if (start < maxStarts) return prepared(place, tables, start + 1)
      const text = `the sandbox process does not come up: it ended ${maxStarts} times (${ended.reason}, ${ended.detail})`
      return Effect.fail(segmentError("SANDBOX_UNAVAILABLE", text, { transient: true }))
    })
  )
}

function stoppedBy(ended: ChildEnded): RunStopped {
  const codes: { readonly [reason in ChildEnded["reason"]]: KillCode } = {
    deadline: "DEADLINE_EXCEEDED",
    memory: "MEMORY_EXCEEDED",
    malformed: "SANDBOX_KILLED",
    closed: "SANDBOX_KILLED",
    outside: "SANDBOX_KILLED"
  }
  const texts: { readonly [reason in ChildEnded["reason"]]: string } = {
    deadline: "the sandbox did not answer within its deadline and was killed",
    memory: "the sandbox outgrew its memory and was killed",
    malformed: "the sandbox answered what is not an answer and was killed",
    closed: "the sandbox was closed",
    outside: `the sandbox ended (${ended.detail})`
  }
  return {
    _tag: "RunStopped",
    why: "killed",
    code: codes[ended.reason],
    stage: ended.stage,
    message: texts[ended.reason]
  }
}

class Rounds {
  private readonly spec: SegmentSpec
  private readonly place: LoadedIn
  private readonly child: SandboxChild
  private readonly request: RunRequest
  private readonly host: SegmentHost
  private readonly settings: PoolSettings
  /** Time that the guest has had. */
  ranMs = 0
  private leftMs: number
  private leftWaitMs: number
  private stage = 0

  constructor(
    spec: SegmentSpec,
    place: LoadedIn,
    child: SandboxChild,
    request: RunRequest,
    host: SegmentHost,
    settings: PoolSettings
  ) {
    this.spec = spec
    this.place = place
    this.child = child
    this.request = request
    this.host = host
    this.settings = settings
    this.leftMs = spec.limits.deadlineMs
    this.leftWaitMs = settings.maxWaitMs
  }

  readonly run: Effect.Effect<Answered, RunFailure | ChildEnded> = Effect.suspend(() => {
    const { request, spec } = this
    const question = {
      ask: "run",
      segment: request.segment,
      timeoutMs: this.leftMs,
      headJson: request.headJson,
      laterInputs: spec.nodes.slice(1).map((node) => Object.keys(node.views)[0] ?? "input"),
      mayPass: request.mayPass
    } as const
    const sections = [request.state, ...request.inputs.map(({ frame }) => frame)]
    return Effect.flatMap(this.ask(question, sections), (answered) =>
      answered.answer.is === "wait" ? Effect.scoped(this.serve(answered)) : Effect.succeed(answered)
    )
  })

  private serve(first: Answered) {
    return Effect.gen(() => this.serving(first))
  }

  /** Serves what the guest asks for, until it waits no more. */
  private *serving(first: Answered) {
    const { request, spec } = this
    let answered = first
    const clean = this.settings.disabled.includes("sanitize") ? (text: string) => text : sanitizeText
    const requests = new OpenRequests(yield* Queue.unbounded<ReadyAnswer>(), clean)
    while (answered.answer.is === "wait") {
      const asked = decodeRequests(answered.answer.requests, answered.sections)
      if (asked === undefined) return yield* this.disbelieve
      this.stage = answered.answer.stage
      const node = spec.nodes[this.stage]
      if (node === undefined) return yield* this.disbelieve
      yield* requests.start(node, asked, this.host)
      if (!requests.isWaiting) return yield* this.disbelieve
      const { answers, sections } = yield* this.await(requests)
      answered = yield* this.ask(
        { ask: "answers", segment: request.segment, timeoutMs: this.leftMs, answers },
        sections
      )
    }
    return answered
  }

  private readonly disbelieve = Effect.suspend(() => {
    this.child.kill("malformed")
    return Effect.fail<ChildEnded>({
      _tag: "ChildEnded",
      wasAsked: true,
      reason: "malformed",
      stage: -1,
      detail: "malformed"
    })
  })

  private ask(
    question: Parameters<LoadedIn["slot"]["ask"]>[1],
    sections: readonly Uint8Array[]
  ): Effect.Effect<Answered, ChildEnded> {
    return Effect.suspend(() =>
      Effect.map(this.place.slot.ask(this.child, question, sections, this.leftMs), (answered) => {
        this.ranMs += answered.tookMs
        this.leftMs = Math.max(1, this.leftMs - answered.tookMs)
        return answered
      })
    )
  }

  /**
   * Waits for answers: where only timers are outstanding, no longer than the deadline; else, over all rounds, no longer than
   * a call may wait for the worker.
   */
  private await(requests: OpenRequests) {
    const { isOnlyTimers } = requests
    const begun = performance.now()
    return requests.next.pipe(
      Effect.timeoutOption(isOnlyTimers ? this.leftMs : this.leftWaitMs),
      Effect.flatMap((answers) => {
        const waited = performance.now() - begun
        if (isOnlyTimers) this.leftMs = Math.max(1, this.leftMs - waited)
        else this.leftWaitMs = Math.max(1, this.leftWaitMs - waited)
        if (Option.isSome(answers)) return Effect.succeed(answers.value)
        const why = isOnlyTimers
          ? "the body waited past the deadline"
          : `the call waited more than ${this.settings.maxWaitMs / 1000} s for answers to its requests`
        return Effect.andThen(this.drop, Effect.fail(this.stopped("DEADLINE_EXCEEDED", why)))
      })
    )
  }

  private readonly drop = Effect.suspend(() =>
    Effect.ignore(this.place.slot.ask(this.child, { ask: "drop", segment: this.request.segment }, [], 2000))
  )

  private stopped(code: KillCode, message: string): RunStopped {
    return { _tag: "RunStopped", why: "killed", code, stage: this.stage, message }
  }

  /** What the last answer of a call means. */
  conclude(answered: Answered): Effect.Effect<PieceResult, RunFailure | ChildEnded> {
    const { answer } = answered
    if (answer.is === "overflow")
      return Effect.fail({ _tag: "RunStopped", why: "overflow", stage: answer.stage })
    if (answer.is === "failed") return Effect.fail(this.failed(answer.stage, answer.failure))
    if (answer.is === "evicted") return Effect.fail(this.place.evicted())
    if (answer.is === "stopped") {
      // The guest is gone and the process lives: the segment is loaded anew for the next run.
      this.place.forget()
      this.stage = answer.stage
      const code =
        answer.reason === "deadline"
          ? "DEADLINE_EXCEEDED"
          : answer.reason === "memory"
            ? "MEMORY_EXCEEDED"
            : "SANDBOX_KILLED"
      return Effect.fail(this.stopped(code, sanitizeText(answer.message)))
    }
    const result = takePieceResult(this.spec, this.request.inputs, answered)
    return result === undefined ? this.disbelieve : Effect.succeed(result)
  }

  private failed(stage: number, failure: string): SegmentError {
    const { at, code, tag, message, origin, isTransient } = decodeFailure(failure)
    const where = origin < 0 ? "" : ` (record ${this.where(origin)})`
    const text = `${tag === undefined ? "" : `${sanitizeText(tag)}: `}${sanitizeText(message)}${where}`
    const node = this.spec.nodes[stage]?.node
    return segmentError(code, text, {
      ...(node === undefined ? {} : { node }),
      transient: isTransient,
      tag: tag === undefined ? undefined : sanitizeText(tag),
      at
    })
  }

  private where(origin: number): string {
    const { offset, partition, topic } = placeOf(this.request.inputs, origin)
    return topic === "" ? `${origin}` : `${topic}/${partition}@${offset}`
  }
}
