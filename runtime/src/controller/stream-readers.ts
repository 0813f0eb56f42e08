import { type ApiError, apiError, type PlanProblem } from "@millrace/sdk/api"
import { parseAvro, resolve } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import type { Plan, PlannedNode } from "../plan/index.ts"
import { newestPlans } from "./planning.ts"
import { RunningPipelines } from "./running-pipelines.ts"

/** A node of another pipeline that reads a named stream. */
export interface StreamReader {
  readonly pipeline: string
  readonly node: string
  /** Avro text that its plan was made against; undefined in a plan of before. */
  readonly schema: string | undefined
}

/** Who reads a stream, of these plans but the one of the pipeline that writes it. */
export const readersOf = (stream: string, writer: string, plans: readonly Plan[]): readonly StreamReader[] =>
  plans
    .filter(({ pipeline }) => pipeline.pipeline !== writer)
    .flatMap((plan) => plan.nodes.flatMap((node) => readersIn(stream, plan, node)))

const readersIn = (stream: string, plan: Plan, node: PlannedNode): readonly StreamReader[] => {
  // In its own pipeline a node's output may bear the very name; then that is meant.
  if (
    plan.nodes.some(({ name, outputs }) => Object.keys(outputs).some((each) => `${name}.${each}` === stream))
  )
    return []
  const { pipeline } = plan.pipeline
  const input = Object.values(node.inputs).find(({ from }) => from.includes(stream))
  if (input !== undefined) return [{ pipeline, node: node.name, schema: input.writer }]
  const table = Object.entries(node.tables).find(([, from]) => from === stream)
  return table === undefined ? [] : [{ pipeline, node: node.name, schema: node.tableWriters?.[table[0]] }]
}

/** Who writes and reads the stream that a subject is of, in words: `movies writes it`, `directors (prolific) reads it`. */
export const subjectUses = Effect.fn("subjectUses")(function* (subject: string) {
  const runs = yield* Effect.flatMap(RunningPipelines, ({ all }) => all)
  const plans = runs.map(({ plan }) => plan)
  const streams = [subject, ...(subject.endsWith(valueSuffix) ? [subject.slice(0, -valueSuffix.length)] : [])]
  return streams.flatMap((stream) => {
    const writer = plans.find(({ topics }) =>
      topics.some(({ internal, name }) => !internal && name === stream)
    )
    const readers = readersOf(stream, writer?.pipeline.pipeline ?? "", plans)
    return [
      ...(writer === undefined ? [] : [`${writer.pipeline.pipeline} writes it`]),
      ...(readers.length === 0 ? [] : [`${readersText(readers)} reads it`])
    ]
  })
})

/** Behind the name of a stream that lies in Kafka: the subject of its topic's values, as clients of Kafka look for it. */
const valueSuffix = "-value"

export const readersText = (readers: readonly StreamReader[]): string =>
  readers.map(({ node, pipeline }) => `${pipeline} (${node})`).join(", ")

/** What of a plan others who read its streams could not go on with: a stream that it has no more, or a schema that they cannot read. */
export const readerProblems = Effect.fn("readerProblems")(function* (before: Plan | undefined, next: Plan) {
  if (before === undefined) return []
  const runs = yield* Effect.flatMap(RunningPipelines, ({ all }) => all)
  const paused = runs.filter(({ stored }) => stored.desired === "paused").map(({ stored }) => stored.pipeline)
  return problemsOfReaders(before, next, yield* newestPlans, new Set(paused))
})

/** `paused`: pipelines that stand still; they are planned again before they go on, and may be where their schema goes. */
export const problemsOfReaders = (
  before: Plan,
  next: Plan,
  plans: readonly Plan[],
  paused: ReadonlySet<string>
): readonly PlanProblem[] => {
  const named = new Map(next.topics.filter(({ internal }) => !internal).map((topic) => [topic.name, topic]))
  return before.topics.flatMap((topic) => {
    if (topic.internal || topic.producer === undefined) return []
    const readers = readersOf(topic.name, next.pipeline.pipeline, plans)
    if (readers.length === 0) return []
    const after = named.get(topic.name)
    if (after === undefined) return [gone(topic.name, topic.producer.node, readers)]
    if (after.schema === undefined || after.schema === topic.schema) return []
    const who = readers.filter(({ pipeline }) => !paused.has(pipeline))
    return broken(topic.name, after.producer?.node ?? "", after.schema, who)
  })
}

const gone = (stream: string, node: string, readers: readonly StreamReader[]): PlanProblem => ({
  code: "STREAM_IN_USE",
  message: `${stream} is read by ${readersText(readers)}, and the new plan has it no more`,
  path: `nodes.${node}`,
  remedy: "keep the stream and its name, or let its readers read another one, or delete them, first"
})

const broken = (
  stream: string,
  node: string,
  schema: string,
  readers: readonly StreamReader[]
): readonly PlanProblem[] => {
  const written = parseAvro(schema)
  if (!("ok" in written)) return []
  return readers.flatMap((reader) => {
    const wanted = reader.schema === undefined ? undefined : parseAvro(reader.schema)
    if (wanted === undefined || !("ok" in wanted)) return []
    const resolution = resolve(written.ok, wanted.ok)
    if (!("errors" in resolution)) return []
    const [first] = resolution.errors
    return [
      {
        code: "STREAM_READER_BROKEN",
        message: `${stream}${first?.path === "" || first === undefined ? "" : `, ${first.path}`}: ${readersText([reader])} reads it, and could not any more: ${first?.message ?? ""}`,
        path: `nodes.${node}.stream`,
        remedy: `keep what it reads, or give it a default; or pause ${reader.pipeline} (millrace pipeline pause ${reader.pipeline}), apply this, and apply ${reader.pipeline} again`
      }
    ]
  })
}

/** Fails with STREAM_IN_USE where other pipelines read what this plan's streams hold. */
export const refuseWhileRead = Effect.fn("refuseWhileRead")(function* (
  plan: Plan
): Effect.fn.Return<void, ApiError, Effect.Services<typeof newestPlans>> {
  const { pipeline } = plan.pipeline
  const plans = yield* newestPlans
  for (const { internal, name } of plan.topics) {
    if (internal) continue
    const readers = readersOf(name, pipeline, plans)
    if (readers.length > 0)
      yield* apiError("STREAM_IN_USE", { pipeline, stream: name, readers: readersText(readers) })
  }
})
