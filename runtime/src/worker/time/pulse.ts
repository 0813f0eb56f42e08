import { noWatermark } from "@millrace/sdk/record"
import type { Checkpoint, Commit } from "../../transport/transport.ts"
import { controlFrame } from "../input/frames.ts"
import { toldIdleName } from "./watermark.ts"

type Outputs = Commit["outputs"]

/** Between two pulses that only tell a watermark, ms: each is a commit, and so is what each of its readers makes of it. */
const pulseMs = 100

/**
 * Tells the partitions that got no records of a task what its event time is, and whether it idles: by control records,
 * for a reader would otherwise wait for what never comes. What was told is held in memory; told again it does no harm.
 */
export class Pulse {
  private readonly targets: readonly { readonly topic: string; readonly partition: number }[]
  private readonly told = new Map<string, number>()
  private toldIdle: boolean
  private lastAt = -Infinity

  constructor(
    topics: ReadonlySet<string>,
    partitions: ReadonlyMap<string, number>,
    checkpoint: Checkpoint | undefined
  ) {
    this.targets = [...topics].flatMap((topic) =>
      Array.from({ length: partitions.get(topic) ?? 0 }, (_, partition) => ({ topic, partition }))
    )
    this.toldIdle = checkpoint?.watermarks[toldIdleName] === 1
  }

  /** True when a partition does not know of the watermark, or of the task's idling or going on. */
  owes(watermark: number, isIdle: boolean): boolean {
    if (this.targets.length === 0) return false
    if (isIdle !== this.toldIdle) return true
    return watermark !== noWatermark && this.targets.some((target) => this.isBehind(target, watermark))
  }

  /** As {@link owes}, for a task that is busy: going on is told at once, a watermark not more often than every 100 ms. */
  isDue(watermark: number, now: number): boolean {
    return this.dueIn(watermark, false, now) === 0
  }

  /** Milliseconds until what it owes is to be told; undefined: it owes nothing. Idling and going on are told at once. */
  dueIn(watermark: number, isIdle: boolean, now: number): number | undefined {
    if (!this.owes(watermark, isIdle)) return undefined
    return isIdle !== this.toldIdle ? 0 : Math.max(0, this.lastAt + pulseMs - now)
  }

  /** Control records for every partition that `sent` has nothing for, and the checkpoint's entry. */
  beat(
    watermark: number,
    isIdle: boolean,
    sent: Outputs,
    now: number
  ): { readonly outputs: Outputs; readonly watermarks: Checkpoint["watermarks"] } {
    const changes = isIdle !== this.toldIdle
    const reached = new Set(sent.map(nameOf))
    const targets = this.targets.filter(
      (target) => (changes || this.isBehind(target, watermark)) && !reached.has(nameOf(target))
    )
    const frame = controlFrame(isIdle ? "idle" : "active", now)
    return {
      outputs: targets.map((target) => ({ ...target, frame })),
      watermarks: changes ? { [toldIdleName]: isIdle ? 1 : 0 } : {}
    }
  }

  /** To be called when what was sent is durable. `isIdle`: what a beat among it said. */
  note(watermark: number, isIdle: boolean | undefined, sent: Outputs, now: number): void {
    for (const target of sent) if (this.isBehind(target, watermark)) this.told.set(nameOf(target), watermark)
    if (isIdle === undefined) return
    this.lastAt = now
    this.toldIdle = isIdle
  }

  private isBehind(
    target: { readonly topic: string; readonly partition: number },
    watermark: number
  ): boolean {
    return (this.told.get(nameOf(target)) ?? noWatermark) < watermark
  }
}

function nameOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic} ${partition}`
}
