import type { SourceAnswer, SourceContext, SourceRecord } from "@millrace/sdk"
import { type Config, type Position, type Settings, settingsOf } from "./config.ts"
import { Generator, type NexmarkEvent } from "./core/generator.ts"
import type { Kind } from "./core/ids.ts"
import { numberAt } from "./core/time-line.ts"

/** What a source gives of the events. */
export interface Reading<Value> {
  readonly wants: (kind: Kind) => boolean
  /** undefined for an event that it does not want. */
  readonly valueOf: (event: NexmarkEvent) => Value | undefined
  /** About how many bytes a record has. */
  readonly bytes: number
}

/** An endless partition without events that it wants answers after so many. */
const mostPassed = 1_000_000
/** Where events have a pace, it looks no oftener. */
const shortestWaitMs = 20

/** The next events of a partition. */
export const readEvents = <Value>(
  position: Position | undefined,
  context: SourceContext<Config>,
  { bytes, valueOf, wants }: Reading<Value>
): SourceAnswer<Value, Position> => {
  const { generator, settings } = openedOf(context.config)
  // Without a pace nothing goes by the clock, positions neither.
  const { place: from, since } = position ?? { place: 0, since: settings.pace === 0 ? 0 : context.now }
  const partition = Number(context.partition)
  const due = dueAt(settings, context.now - since)
  const most = Math.max(1, Math.min(context.maxRecords, settings.batch, Math.floor(context.maxBytes / bytes)))
  const records: SourceRecord<Value>[] = []
  let place = from
  let number = numberAt(place, partition, settings.partitions)
  for (; number < due && records.length < most && place - from < mostPassed;) {
    if (wants(generator.kindAt(number))) {
      const event = generator.eventAt(number)
      const value = valueOf(event)
      if (value !== undefined) records.push({ value, timestamp: event.row.dateTime })
    }
    place += 1
    number = numberAt(place, partition, settings.partitions)
  }
  return { records, position: { place, since }, ...nextOf(settings, number, due, context.now - since) }
}

/** Events with lower numbers may be given: all, or those whose moment has come. */
const dueAt = ({ events, pace }: Settings, elapsedMs: number): number =>
  pace === 0 ? events : Math.min(events, Math.floor((elapsedMs * pace) / 1_000) + 1)

const nextOf = (
  { events, pace }: Settings,
  number: number,
  due: number,
  elapsedMs: number
): Pick<SourceAnswer<never, never>, "next" | "waitMs"> => {
  if (number >= events) return { next: "end" }
  if (number < due) return { next: "more" }
  const moment = Math.ceil((number * 1_000) / pace)
  return { next: "idle", waitMs: Math.max(shortestWaitMs, moment - elapsedMs) }
}

interface Opened {
  readonly generator: Generator
  readonly settings: Settings
}

/** By config, which is one object for as long as the plugin is open. */
const opened = new WeakMap<Config, Opened>()

const openedOf = (config: Config): Opened => {
  const known = opened.get(config)
  if (known !== undefined) return known
  const settings = settingsOf(config)
  const made = { settings, generator: new Generator(settings.generator) }
  opened.set(config, made)
  return made
}

export const partitionNames = ({ partitions = 1 }: Config): readonly string[] =>
  Array.from({ length: partitions }, (_, index) => String(index))
