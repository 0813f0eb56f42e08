import type { Draw } from "../../prove/power-cut/disk.ts"

/** A record of a random history, as a source partition gave it. */
export interface Arrival {
  readonly partition: number
  /** Input of the operator: partitions have one each. */
  readonly side: "left" | "right"
  /** null matches nothing. */
  readonly key: string | null
  readonly timestamp: number
  /** What its source partition had just before it. */
  readonly watermark: number
  /** Number among the records of its side; no two are the same. */
  readonly id: number
}

/** A table is given deletes by some records of the right side. */
export const isDelete = (id: number): boolean => id % 5 === 3

/** What a task learns, one after the other. */
export type Happening =
  | { readonly is: "record"; readonly record: Arrival }
  /** No record that is not late and below `watermark` will come from the partition. */
  | { readonly is: "watermark"; readonly partition: number; readonly watermark: number }
  | { readonly is: "idle"; readonly partition: number }
  | { readonly is: "active"; readonly partition: number }
  /** The end of a batch: what is due fires. */
  | { readonly is: "cut" }
  /** The task is killed in its batch, and begins again from the last cut. */
  | { readonly is: "kill" }

export interface History {
  readonly partitions: number
  readonly happenings: readonly Happening[]
}

const keys = ["a", "b", "c", null] as const

interface Partition {
  readonly number: number
  readonly side: "left" | "right"
  left: number
  newest: number
  clock: number
  isIdle: boolean
}

/**
 * A random history: up to four partitions with disorder, late records, equal times, restarts and idleness, in a random
 * order. A partition that comes back from idling goes on where the others are, or it would be late for what did not wait.
 */
export const historyOf = (draw: Draw): History => {
  const below = (limit: number): number => Math.floor(draw() * limit)
  const outOfOrderness = below(40)
  const step = 1 + below(20)
  const count = 2 + below(3)
  const disorder = below(3) === 0 ? 0 : outOfOrderness + below(60)
  const partitions = Array.from({ length: count }, (_, number): Partition => ({
    number,
    side: number % 2 === 0 ? "left" : "right",
    left: 1 + below(25),
    newest: -Infinity,
    clock: below(50) - 25,
    isIdle: false
  }))
  const ids = { left: 0, right: 0 }
  const happenings: Happening[] = []
  while (partitions.some(({ left }) => left > 0)) {
    const open = partitions.filter(({ left }) => left > 0)
    const one = open[below(open.length)]
    if (one === undefined) break
    const goesOn = one.isIdle
    if (goesOn) one.clock = Math.max(...partitions.map(({ newest, clock }) => Math.max(newest, clock)))
    one.isIdle = false
    one.left -= 1
    one.clock += below(step)
    const timestamp = one.clock - (!goesOn && below(2) === 0 ? below(disorder + 1) : 0)
    const key = keys[below(keys.length + 8) % keys.length] ?? null
    const record: Arrival = {
      partition: one.number,
      side: one.side,
      key,
      timestamp,
      watermark: one.newest - outOfOrderness,
      id: ids[one.side]++
    }
    one.newest = Math.max(one.newest, timestamp)
    happenings.push({ is: "record", record })
    const fate = below(12)
    if (fate < 4 || one.left === 0)
      happenings.push({ is: "watermark", partition: one.number, watermark: one.newest - outOfOrderness })
    if (fate === 4) {
      happenings.push({ is: "idle", partition: one.number })
      one.isIdle = true
    }
    if (below(3) === 0) happenings.push({ is: "cut" })
    if (below(15) === 0) happenings.push({ is: "kill" })
  }
  return { partitions: count, happenings: [...happenings, { is: "cut" }] }
}

/** The same partitions, merged in another order, by larger batches; for a history in which nothing idles. */
export const otherwise = ({ partitions, happenings }: History, draw: Draw): History => {
  const queues = Array.from({ length: partitions }, (_, partition) =>
    happenings.filter(
      (one) =>
        (one.is === "record" && one.record.partition === partition) ||
        (one.is === "watermark" && one.partition === partition)
    )
  )
  const merged: Happening[] = []
  for (;;) {
    const open = queues.filter((queue) => queue.length > 0)
    const queue = open[Math.floor(draw() * open.length)]
    if (queue === undefined) break
    merged.push(...queue.splice(0, 1 + Math.floor(draw() * 4)))
    if (draw() < 0.2) merged.push({ is: "cut" })
  }
  return { partitions, happenings: [...merged, { is: "cut" }] }
}
