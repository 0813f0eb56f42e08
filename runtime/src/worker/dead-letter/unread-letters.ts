import { emptyCounts } from "@millrace/sandbox"
import type { DeadLetter, NodeCounts } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { ChainPlan } from "../../plan/physical.ts"
import type { ChainResult } from "../chain/chain-run.ts"
import type { UnreadOfInput } from "../input/input-reader.ts"
import { taskFailure } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"

/**
 * A batch's result with the records that others wrote and the chain was not given, since nobody can read them: the error policy of the
 * chain's first node takes them, as if it had failed at them. They keep no frame, so that none is replayed. Fails under `fail`.
 */
export function withUnread(
  plan: ChainPlan,
  result: ChainResult,
  unread: readonly UnreadOfInput[]
): Effect.Effect<ChainResult, TaskFailure> {
  const [first] = unread
  if (first === undefined) return Effect.succeed(result)
  const spec = plan.segments[0]?.nodes[0]?.spec
  const node = spec?.node ?? plan.head
  const policy = spec?.onError ?? "dead-letter"
  if (policy === "fail") return Effect.fail(taskFailure(first.code, first.message, node))
  return Effect.succeed({
    ...result,
    counts: spec === undefined ? result.counts : countsWith(result.counts, node, unread.length),
    deadLetters: [
      ...(policy === "skip" ? [] : unread.map((each) => letterOf(node, each))),
      ...result.deadLetters
    ]
  })
}

const letterOf = (
  node: string,
  { code, input, message, offset, partition, raw, topic }: UnreadOfInput
): DeadLetter => ({
  node,
  input,
  frame: undefined,
  topic,
  partition,
  offset,
  code,
  tag: undefined,
  message,
  raw
})

/** The head's stand first. */
function countsWith(counts: readonly NodeCounts[], node: string, failed: number): readonly NodeCounts[] {
  const head = counts.find((each) => each.node === node) ?? emptyCounts(node)
  return [
    { ...head, recordsIn: head.recordsIn + failed, failed: head.failed + failed },
    ...counts.filter((each) => each.node !== node)
  ]
}
