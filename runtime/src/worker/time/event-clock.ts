import { noWatermark } from "@millrace/sdk/record"
import type { Checkpoint } from "../../transport/transport.ts"
import type { FrameParts } from "../input/frames.ts"
import { chainPartition } from "../task/source-partitions.ts"
import { endName, finalWatermark, idleName, reachedName, tasksName, watermarkName } from "./watermark.ts"

/** What a topic is written by: `PIPELINE/HEAD`. */
export interface ClockInput {
  readonly topic: string
  readonly producers: readonly string[]
}

type Watermarks = Checkpoint["watermarks"]

/**
 * The event time of a task: the least watermark of all tasks that feed it and neither idle nor have ended; where all of them
 * idle, the highest, for nobody is left to wait for (as Flink's StatusWatermarkValve). It never goes back. There is none until
 * every producer has said how many tasks it has, and each of these what its watermark is.
 */
export class EventClock {
  private readonly inputs: readonly ClockInput[]
  private readonly known: Map<string, number>
  private changed: { [name: string]: number } = {}
  private reached = noWatermark
  private open = noWatermark

  constructor(inputs: readonly ClockInput[], checkpoint: Checkpoint | undefined) {
    this.inputs = inputs
    this.known = new Map(Object.entries(checkpoint?.watermarks ?? {}))
    this.reached = this.known.get(reachedName) ?? noWatermark
    if (this.reached < finalWatermark) this.open = this.reached
    this.advance()
  }

  /** ms since 1970; `-Infinity`: none, {@link finalWatermark}: all input has ended. */
  get watermark(): number {
    return this.reached
  }

  /** What the task may say of itself: as {@link watermark}, but that its end is said by an end-of-input record. */
  get outgoing(): number {
    return this.open
  }

  /** Every producer of every input has said that nothing will follow. */
  get hasEnded(): boolean {
    return this.inputs.every(
      ({ topic, producers }) =>
        producers.length > 0 && producers.every((producer) => this.known.has(endName(topic, producer)))
    )
  }

  /** Some tasks that feed this one have not ended, and all of these idle. */
  get isIdle(): boolean {
    const open = this.openTasks()
    return open !== undefined && open.length > 0 && open.every(({ isIdle }) => isIdle)
  }

  /** Takes in what a frame of `topic` says of its producer. The clock itself moves by {@link takeChanges}. */
  observe(topic: string, producer: string, parts: FrameParts): void {
    for (const { kind, timestamp } of parts.controls) {
      if (kind === "end") this.set(endName(topic, producer), finalWatermark)
      else if (parts.partition === chainPartition) this.set(tasksName(topic, producer), timestamp)
    }
    if (parts.partition === chainPartition) return
    const idles = parts.controls.at(-1)?.kind === "idle"
    // What a task replays says nothing of its event time.
    if (idles || parts.watermark !== noWatermark)
      this.set(idleName(topic, producer, parts.partition), idles ? 1 : 0)
    const name = watermarkName(topic, producer, parts.partition)
    if (parts.watermark > (this.known.get(name) ?? noWatermark)) this.set(name, parts.watermark)
  }

  /** What changed since the last call, for the next commit; the watermark is then what follows from it. */
  takeChanges(): Watermarks {
    const before = this.reached
    this.advance()
    if (this.reached !== before) this.set(reachedName, this.reached)
    const { changed } = this
    this.changed = {}
    return changed
  }

  private set(name: string, value: number): void {
    if ((this.known.get(name) ?? 0) === value && (value === 0 || this.known.has(name))) return
    this.known.set(name, value)
    this.changed[name] = value
  }

  private advance(): void {
    const open = this.openTasks()
    if (open === undefined) return
    if (open.length === 0) {
      if (this.hasEnded) this.reached = finalWatermark
      return
    }
    const active = open.filter(({ isIdle }) => !isIdle)
    const reaches =
      active.length > 0
        ? Math.min(...active.map(({ watermark }) => watermark))
        : Math.max(...open.map(({ watermark }) => watermark))
    this.reached = Math.max(this.reached, reaches)
    this.open = this.reached
  }

  /** Tasks that may still send; undefined while a producer has not said how many it has. */
  private openTasks(): readonly { readonly isIdle: boolean; readonly watermark: number }[] | undefined {
    const open: { readonly isIdle: boolean; readonly watermark: number }[] = []
    for (const { topic, producers } of this.inputs) {
      for (const producer of producers) {
        if (this.known.has(endName(topic, producer))) continue
        const tasks = this.known.get(tasksName(topic, producer))
        if (tasks === undefined) return undefined
        for (let task = 0; task < tasks; task++)
          open.push({
            isIdle: this.known.get(idleName(topic, producer, task)) === 1,
            watermark: this.known.get(watermarkName(topic, producer, task)) ?? noWatermark
          })
      }
    }
    return open
  }
}
