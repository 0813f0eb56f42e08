import type { BenchRow } from "./row.ts"

/** What Millrace is held to: the least that a bench must show, and what it should. */
export interface Target {
  /** What it is known by, and its row's name begins with. */
  readonly name: string
  readonly title: string
  /** How its row's name begins, where that is not the target's own. */
  readonly rows?: string
  /** `ratio`: ours by the peer's, more is better. `value`: ours in `unit`, less is better. */
  readonly measure: "ratio" | "value"
  /** Of `value`. */
  readonly unit: string
  readonly bound: number
  readonly goal: number
}

const ratio = (name: string, title: string, bound: number, goal: number): Target => ({
  name,
  title,
  measure: "ratio",
  unit: "x",
  bound,
  goal
})

export const targets: readonly Target[] = [
  ratio(
    "sandbox-tax",
    "a plugin in its sandbox, two tasks by turns, by the same code in the worker's process",
    0.8,
    1
  ),
  ratio("open-map", "one field of an open contract changed, by avsc in process", 2, 6),
  ratio("one-task-map", "the same of one task, which waits for each answer before it asks again", 2, 6),
  ratio("filter", "a filter on one field, by avsc in process", 3, 6),
  ratio("copying-filter", "a filter on one field, by avsc that decodes and copies what stays", 3, 6),
  ratio("closed-map", "a closed contract read and written whole, by avsc in process", 0.8, 2),
  ratio("fused-5", "five nodes in one task, by the slowest of them alone", 0.6, 1),
  ratio(
    "fused-vs-topics",
    "five nodes in one task, by the same with a topic between each two, as fast as they go",
    4,
    10
  ),
  ratio(
    "paced-fused",
    "the same at 3,000 records per second, as many as an average job of Netflix's has",
    4,
    10
  ),
  ratio(
    "log",
    "append and consume with a durable flush for 256 KiB, two tasks by turns, by dd oflag=dsync",
    0.7,
    0.9
  ),
  ratio("log-one-task", "the same of one task, which waits for each before it makes the next", 0.7, 0.9),
  ratio("kafka-loop", "Kafka to Kafka through a map, exactly once, by a loop of kafkajs with avsc", 3, 6),
  ratio("kafka-streams", "Kafka to Kafka through a map, exactly once, by Kafka Streams", 1, 2),
  ratio("scale", "two workers of half a core each, by one of them", 1.6, 1.9),
  {
    name: "hand-over",
    title: "kill -9 of one of two workers to the other's commit in each of its partitions, p50",
    measure: "value",
    unit: "ms",
    bound: 10_000,
    goal: 7_000
  },
  {
    name: "latency",
    title: "end to end at 20,000 records per second, flushed in the background, p99",
    rows: "latency: 20,000 records/s, async, p99",
    measure: "value",
    unit: "ms",
    bound: 5,
    goal: 2
  },
  {
    name: "density-memory",
    title: "resident memory of a live processor, of 1,000 in 20 trust domains",
    rows: "density: 1,000 live processors, resident each",
    measure: "value",
    unit: "MB",
    bound: 2,
    goal: 1.5
  },
  {
    name: "density-cpu",
    title: "CPU of a live processor that idles",
    rows: "density: 1,000 live processors, CPU each",
    measure: "value",
    unit: "% of a core",
    bound: 0.01,
    goal: 0.01
  },
  {
    name: "density-wake",
    title: "an event for a parked processor, from its post to its output, median",
    rows: "density: 20 parked domains, from a posted event to its output",
    measure: "value",
    unit: "ms",
    bound: 300,
    goal: 300
  },
  {
    name: "density-lag",
    title:
      "100 processors at 3,000 records a second each, the worst lag of five minutes, after 15 s of the same",
    rows: "density: 100 processors at 3,000 records/s each for 300 s, worst lag",
    measure: "value",
    unit: "s",
    bound: 1,
    goal: 1
  },
  {
    name: "deploy",
    title: "a saved source to its first output record, warm, p50",
    measure: "value",
    unit: "ms",
    bound: 150,
    goal: 100
  },
  {
    name: "recover",
    title: "kill -9 under load with 1 GB of state to the first new output, p50",
    measure: "value",
    unit: "ms",
    bound: 2_000,
    goal: 1_000
  }
]

/** What a row is known by: its name without what was measured this time, which stands in parentheses at its end. */
export const rowKey = (name: string): string => name.replace(/ \([^()]*\)$/, "")

/** The row that shows a target; undefined when it was not measured yet. */
export const rowOf = <Row extends Pick<BenchRow, "name">>(
  { name, rows: beginning = name }: Target,
  rows: readonly Row[]
): Row | undefined =>
  rows.find((row) => rowKey(row.name) === beginning) ??
  rows.find((row) => [":", ",", " "].some((next) => row.name.startsWith(`${beginning}${next}`)))

/** What a row shows of a target: the ratio, or our value. */
export const shown = ({ measure }: Target, row: Pick<BenchRow, "ours" | "ratio">): number =>
  measure === "ratio" ? row.ratio : row.ours

/** By how much a goal is met: 1 is just met, more is better, whichever way the figure counts. */
export const attained = ({ goal, measure }: Target, figure: number): number =>
  measure === "ratio" ? figure / goal : goal / figure

export type Verdict = "goal met" | "bound met" | "short"

export const verdictOf = ({ bound, goal, measure }: Target, figure: number): Verdict => {
  const meets = (limit: number) => (measure === "ratio" ? figure >= limit : figure <= limit)
  if (meets(goal)) return "goal met"
  return meets(bound) ? "bound met" : "short"
}
