import type { Arrival, History } from "./history.ts"

/** What an operator gave. */
export interface Given {
  readonly timestamp: number
  readonly watermark: number
  /** Which records it is made of. */
  readonly of: string
}

/** A timer of a key. */
export interface Timer {
  readonly time: number
  readonly key: string
  readonly tag: string
}

/** An operator's core over plain state: made anew from it for each batch, as a task is after a kill. */
export interface Operator<State> {
  readonly empty: () => State
  readonly record: (
    record: Arrival,
    state: State,
    at: (time: number, tag: string) => void
  ) => readonly Given[]
  readonly timer: (timer: Timer, state: State, at: (time: number, tag: string) => void) => readonly Given[]
}

export interface CoreRun {
  readonly given: readonly Given[]
  /** Text of what was left at the end. */
  readonly left: string
  /** Outputs that were below what readers had been told, though they are not late by their own watermark. */
  readonly behind: readonly Given[]
}

interface Task<State> {
  readonly keys: Map<string, State>
  readonly timers: Map<string, Timer>
  readonly given: Given[]
  readonly behind: Given[]
  told: number
}

/**
 * Runs an operator over a history as a task does: the clock is the least watermark of the partitions that do not idle, or the
 * highest where all do, and never goes back; after each batch all that is due fires, in the order of time; a killed batch runs again.
 */
export const runCore = <State>(operator: Operator<State>, { partitions, happenings }: History): CoreRun => {
  let task: Task<State> = { keys: new Map(), timers: new Map(), given: [], behind: [], told: -Infinity }
  const watermarks = new Map<number, number>()
  const idle = new Set<number>()
  let reached = -Infinity
  let batch: Arrival[] = []
  for (const one of happenings) {
    if (one.is === "record") {
      batch.push(one.record)
      idle.delete(one.record.partition)
    } else if (one.is === "watermark") watermarks.set(one.partition, one.watermark)
    else if (one.is === "idle") idle.add(one.partition)
    else if (one.is === "active") idle.delete(one.partition)
    else if (one.is === "kill") runBatch(operator, copyOf(task), batch)
    else {
      task = copyOf(task)
      runBatch(operator, task, batch)
      batch = []
      reached = Math.max(reached, clockOf(partitions, watermarks, idle))
      fire(operator, task, reached)
      task.told = reached
    }
  }
  fire(operator, task, Infinity)
  return { given: task.given, left: JSON.stringify([...task.keys]), behind: task.behind }
}

const clockOf = (
  partitions: number,
  watermarks: ReadonlyMap<number, number>,
  idle: ReadonlySet<number>
): number => {
  const open = Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => !idle.has(partition)
  )
  if (open.length === 0) return Math.max(...watermarks.values(), -Infinity)
  return Math.min(...open.map((partition) => watermarks.get(partition) ?? -Infinity))
}

const copyOf = <State>(task: Task<State>): Task<State> => structuredClone(task)

const runBatch = <State>(operator: Operator<State>, task: Task<State>, batch: readonly Arrival[]): void => {
  for (const record of batch) {
    const key = record.key ?? "~null"
    take(task, operator.record(record, stateOf(operator, task, key), setter(task, key)))
  }
}

const fire = <State>(operator: Operator<State>, task: Task<State>, until: number): void => {
  for (;;) {
    const due = [...task.timers.values()].filter(({ time }) => time <= until).toSorted(inOrder)
    if (due.length === 0) return
    for (const timer of due) {
      task.timers.delete(nameOf(timer))
      take(task, operator.timer(timer, stateOf(operator, task, timer.key), setter(task, timer.key)))
    }
  }
}

const inOrder = (one: Timer, other: Timer): number =>
  one.time - other.time || one.key.localeCompare(other.key) || one.tag.localeCompare(other.tag)

const nameOf = ({ time, key, tag }: Timer): string => `${time} ${key} ${tag}`

const setter =
  <State>(task: Task<State>, key: string) =>
  (time: number, tag: string): void => {
    const timer = { time, key, tag }
    task.timers.set(nameOf(timer), timer)
  }

const stateOf = <State>(operator: Operator<State>, task: Task<State>, key: string): State => {
  const known = task.keys.get(key)
  if (known !== undefined) return known
  const made = operator.empty()
  task.keys.set(key, made)
  return made
}

const take = <State>(task: Task<State>, given: readonly Given[]): void => {
  for (const one of given) {
    task.given.push(one)
    if (one.timestamp < task.told && one.timestamp >= one.watermark) task.behind.push(one)
  }
}
