import { type Given, type Result, resultsOf } from "../aggregate.ts"
import { SessionWindows } from "../session-windows.ts"
import { fixedWindows } from "../fixed-windows.ts"
import type { Closed } from "../store.ts"
import { memoryGroup, type MemoryGroup } from "./memory-store.ts"
import { modelAggregates, type ModelCase, type ModelRecord } from "./random-case.ts"

export interface Outcome {
  /** By group and bounds, each result in turn. */
  readonly given: ReadonlyMap<string, readonly (readonly Result[])[]>
  readonly late: number
  /** Results that were closed by a timer of another time than their window's end. */
  readonly misplaced: number
  /** Groups that still hold state or timers at the end of all input. */
  readonly leftOver: number
}

const one = (by: Given & {}): Given => by
const givenOf = ({ price, time, whole, word, x }: ModelRecord): readonly Given[] => [
  one({ by: null, row: [] }),
  word === null ? null : { by: null, row: [] },
  { by: x, row: [] },
  { by: price, row: [] },
  { by: whole, row: [] },
  { by: price, row: [price] },
  word === null ? null : { by: word, row: [word] },
  { by: time, row: [x] },
  word === null ? null : { by: word, row: [] },
  { by: x, row: [x, time] },
  { by: price, row: [time, x] }
]

/**
 * Runs a case as a task would: partitions are read in turns of any length, the task's own event time follows theirs at some
 * distance, partitions idle and come back, and timers fire between batches.
 */
export const runCase = (model: ModelCase): Outcome => new CaseRun(model).run()

interface Partition {
  readonly records: readonly ModelRecord[]
  place: number
  newest: number
  told: number
  isIdle: boolean
}

class CaseRun {
  private readonly model: ModelCase
  private readonly windows: ReturnType<typeof fixedWindows> | SessionWindows
  private readonly groups = new Map<string, MemoryGroup>()
  private readonly given = new Map<string, (readonly Result[])[]>()
  private readonly partitions: readonly Partition[]
  private late = 0
  private misplaced = 0
  private reached = -Infinity

  constructor(model: ModelCase) {
    this.model = model
    const { lateness, partitions, updates, window } = model
    const policy = { lateness, updates }
    this.windows =
      window.is === "session"
        ? new SessionWindows(window.gap, modelAggregates, policy)
        : fixedWindows(window, modelAggregates, policy)
    this.partitions = partitions.map((records) => ({
      records,
      place: 0,
      newest: -Infinity,
      told: -Infinity,
      isIdle: false
    }))
  }

  run(): Outcome {
    for (let open = this.open(); open.length > 0; open = this.open()) {
      const partition = open[Math.floor(this.model.random() * open.length)]
      if (partition !== undefined) this.turn(partition)
      if (this.model.random() < 0.7) this.advance()
    }
    this.reached = Infinity
    this.fire()
    return {
      given: this.given,
      late: this.late,
      misplaced: this.misplaced,
      leftOver: [...this.groups.values()].filter((group) => !group.isEmpty()).length
    }
  }

  private open(): readonly Partition[] {
    return this.partitions.filter(({ place, records }) => place < records.length)
  }

  private turn(partition: Partition): void {
    const next = partition.records[partition.place]
    if (next !== undefined && this.model.random() < 0.2) partition.isIdle = !partition.isIdle
    if (partition.isIdle) return
    for (let count = Math.floor(this.model.random() * 6); count >= 0; count--) this.read(partition)
    partition.told = partition.newest - this.model.outOfOrderness
  }

  private read(partition: Partition): void {
    const record = partition.records[partition.place]
    if (record === undefined) return
    partition.place += 1
    const group = this.groups.get(record.group) ?? memoryGroup()
    this.groups.set(record.group, group)
    const watermark = partition.newest - this.model.outOfOrderness
    partition.newest = Math.max(partition.newest, record.time)
    const arrival = { time: record.time, watermark, group: [record.group] }
    const outcome = this.windows.add(arrival, givenOf(record), group.store, group.alarm)
    if (outcome.late) this.late += 1
    else this.take(outcome.closed)
  }

  private advance(): void {
    const marks = this.open().map((partition) => this.allowedBy(partition))
    if (marks.length === 0) return
    this.reached = Math.max(this.reached, Math.min(...marks))
    this.fire()
  }

  /** Who idles holds nobody back, and comes back with records that are not behind the event time of the others. */
  private allowedBy({ isIdle, place, records, told }: Partition): number {
    const next = records[place]?.time ?? Infinity
    return isIdle ? Math.max(told, next - this.model.outOfOrderness) : told
  }

  private fire(): void {
    for (const group of this.groups.values()) {
      for (let due = group.takeDue(this.reached); due.length > 0; due = group.takeDue(this.reached)) {
        for (const { tag, time } of due) {
          const closed = this.windows.fire(time, tag, group.store, group.alarm)
          this.misplaced += closed.filter(({ end }) => end !== time).length
          this.take(closed)
        }
      }
    }
  }

  private take(closed: readonly Closed[]): void {
    for (const { end, gathered, group, start } of closed) {
      const name = `${String(group[0])} ${start} ${end}`
      const results = this.given.get(name) ?? []
      results.push(resultsOf(modelAggregates, gathered))
      this.given.set(name, results)
    }
  }
}
