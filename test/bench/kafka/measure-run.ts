import { setTimeout as delay } from "node:timers/promises"
import type { KafkaClient } from "../../../runtime/src/transport/kafka/client/kafka-client.ts"
import type { Runner } from "./contestant.ts"
import { committedOffsets } from "./committed-offsets.ts"
import type { TopicContent } from "./input.ts"
import { cpuSecondsOf } from "./process-cpu.ts"

/** Records per second of CPU time and of wall time. */
export interface Rates {
  readonly cpu: number
  readonly wall: number
}

/** `warm`: of what came after the share that warms up. `whole`: from the process's start on. */
export interface Measured {
  readonly warm: Rates
  readonly whole: Rates
}

/** Of the input: what is done before anything counts as warm. */
const warmUpShare = 1 / 2
const lookMs = 20
const patienceMs = 900_000

interface Look {
  /** Of the input, 0 to 1. */
  readonly share: number
  readonly cpuSeconds: number
  readonly at: number
}

/** Follows a contestant by the offsets that it commits, until it has committed the whole input. */
export const measureRun = async (
  client: KafkaClient,
  runner: Runner,
  started: number,
  { input, content }: { readonly input: string; readonly content: TopicContent }
): Promise<Measured> => {
  let warm: Look | undefined
  for (;;) {
    const share = await Promise.race([shareDone(client, runner.group, input, content), runner.failed])
    const look = { share, cpuSeconds: cpuSecondsOf(runner.pid), at: performance.now() }
    if (share >= warmUpShare) warm ??= look
    if (warm !== undefined && share >= 1) {
      const first = { share: 0, cpuSeconds: 0, at: started }
      return { warm: between(warm, look, content.records), whole: between(first, look, content.records) }
    }
    if (look.at - started > patienceMs) throw new Error(`${runner.group} has done ${share} of the input`)
    await delay(lookMs)
  }
}

const between = (from: Look, to: Look, records: number): Rates => {
  const done = (to.share - from.share) * records
  return { cpu: done / (to.cpuSeconds - from.cpuSeconds), wall: (done / (to.at - from.at)) * 1_000 }
}

const shareDone = async (
  client: KafkaClient,
  group: string,
  topic: string,
  { ends }: TopicContent
): Promise<number> => {
  const committed = await committedOffsets(client, { ends, group, topic })
  const sum = (each: readonly number[]): number => each.reduce((total, one) => total + one, 0)
  return sum(committed) / sum(ends.map(Number))
}
