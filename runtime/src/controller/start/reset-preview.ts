import { apiError, type ResetView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { Plan } from "../../plan/index.ts"
import { Transport } from "../../transport/transport.ts"
import { listeningNodes } from "../../worker/inbox/inbox-settings.ts"
import type { ResetTarget } from "../run-marks.ts"
import { logFailed } from "../topics.ts"
import { ownStreams } from "./begin-anew.ts"
import { offsetOf, setBackOf } from "./set-back.ts"

type Lines = ResetView["changes"]

/** What a reset would do, line by line; fails with RESET_IMPOSSIBLE where it cannot be done. */
export const previewReset = Effect.fn("previewReset")(function* (plan: Plan, target: ResetTarget) {
  const { pipeline } = plan.pipeline
  const lines = target.to === "start" ? yield* toStart(plan) : yield* withinStreams(plan, target)
  const transport = yield* Transport
  const states = yield* Effect.mapError(transport.statesOf(pipeline), logFailed)
  const streams = [...ownStreams(plan)].map((name): Lines[number] => ({
    action: "note",
    text: `stream ${name} keeps its records; what is written again comes after them`
  }))
  const lost = states
    .filter(({ partitions }) => partitions.length > 0)
    .map(({ node }): Lines[number] => ({ action: "remove", text: `state and timers of ${node}` }))
  return [...lines, ...lost, ...streams]
})

const toStart = Effect.fnUntraced(function* (plan: Plan) {
  const { pipeline } = plan.pipeline
  const [listening] = listeningNodes(plan.physical)
  if (listening !== undefined)
    return yield* apiError("RESET_IMPOSSIBLE", {
      pipeline,
      reason: `${listening.node} takes what is sent to it, which has no start to go back to; its stream has offsets and times`
    })
  const own = ownStreams(plan)
  return plan.physical.chains.flatMap(({ head, inputs }): Lines => {
    if (inputs.length === 0) return [{ action: "change", text: `${head} reads its source from the start` }]
    return inputs
      .filter(({ topic }) => !own.has(topic) && !topic.startsWith(`${pipeline}.`))
      .map(({ topic }) => ({ action: "change", text: `${head} reads ${topic} from the start` }))
  })
})

const withinStreams = Effect.fnUntraced(function* (plan: Plan, target: ResetTarget) {
  const { pipeline } = plan.pipeline
  const { entries, hidden, sources } = setBackOf(plan)
  if (hidden.length > 0)
    return yield* apiError("RESET_IMPOSSIBLE", {
      pipeline,
      reason: `what ${hidden.join(" and ")} gave is in no stream to be read again; it can only be read from the start`
    })
  if (entries.length === 0)
    return yield* apiError("RESET_IMPOSSIBLE", { pipeline, reason: "nothing in it reads a stream" })
  const transport = yield* Transport
  const checkpoints = yield* Effect.mapError(transport.checkpoints(pipeline), logFailed)
  const lines: Lines[number][] = sources.map(({ head }) => ({
    action: "note",
    text: `${head} goes on where it is`
  }))
  for (const { chain, topics } of entries) {
    for (const topic of topics) {
      for (let partition = 0; partition < Number(chain.partitions); partition++) {
        const place = checkpoints.find(({ task }) => task.node === chain.head && task.partition === partition)
        const from =
          place?.checkpoint.offsets.find((each) => each.topic === topic && each.partition === partition)
            ?.next ?? 0n
        const to = yield* Effect.mapError(offsetOf(topic, partition, target), logFailed)
        if (from === to && from === 0n) continue
        lines.push({
          action: from === to ? "note" : "change",
          text: `${chain.head} reads ${topic}/${partition} from offset ${to}; it had come to ${from}`
        })
      }
    }
  }
  return lines
})
