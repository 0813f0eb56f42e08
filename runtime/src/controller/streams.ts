import type { ApiError, PlanProblem } from "@millrace/sdk/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Plan } from "../plan/index.ts"

/**
 * The schemas of named streams, by subject: a stream's name is its subject. The registry holds them; the program gives
 * an adapter.
 */
export class Streams extends Context.Service<
  Streams,
  {
    /** Why a schema may not follow those that the subject has; empty: it may. */
    readonly clashes: (stream: NamedStream) => Effect.Effect<readonly StreamClash[], ApiError>
    /** The versions of a subject, oldest first; none for one that is not known. */
    readonly versions: (subject: string) => Effect.Effect<readonly StreamVersion[], ApiError>
    /** Registers the schema; repeating it changes nothing. */
    readonly register: (stream: NamedStream, by: string) => Effect.Effect<void, ApiError>
  }
>()("millrace/controller/Streams") {}

export interface NamedStream {
  readonly subject: string
  /** Avro schema text. */
  readonly schema: string
  readonly key: readonly string[]
}

export interface StreamVersion {
  readonly version: number
  /** Of the schema, in the registry. */
  readonly id: number
  readonly schema: string
  readonly key: readonly string[]
}

export interface StreamClash {
  readonly path: string
  readonly message: string
}

/** The streams that a plan names, with the node that gives each. */
const namedStreams = (plan: Plan): readonly (NamedStream & { readonly node: string })[] =>
  plan.topics.flatMap(({ internal, key, name, producer, schema }) =>
    internal || schema === undefined ? [] : [{ subject: name, schema, key, node: producer?.node ?? "" }]
  )

/** What stands in the way of a plan in the histories of its streams. */
export const streamProblems = Effect.fn("streamProblems")(function* (plan: Plan) {
  const streams = yield* Streams
  const found = yield* Effect.forEach(namedStreams(plan), (stream) =>
    Effect.map(streams.clashes(stream), (clashes) =>
      clashes.map(({ message, path }): PlanProblem => ({
        code: "SCHEMA_INCOMPATIBLE",
        message: `${stream.subject}${path === "" ? "" : `, ${path}`}: ${message}`,
        path: `nodes.${stream.node}.stream`,
        remedy: "undo the change, give the field a default, or name another stream"
      }))
    )
  )
  return found.flat()
})

/** Registers the schemas of a plan's streams, so that others find them in the catalogue. */
export const registerStreams = Effect.fn("registerStreams")(function* (plan: Plan, by: string) {
  const streams = yield* Streams
  yield* Effect.forEach(namedStreams(plan), (stream) => streams.register(stream, by), { discard: true })
})
