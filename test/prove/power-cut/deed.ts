import { StateEntryWriter } from "@millrace/sdk/record"
import { emptyCommit } from "../../../runtime/src/transport/empty-commit.ts"
import { textFrame } from "../../../runtime/src/transport/acceptance.ts"
import { keyedFrame, tableOf } from "../../../runtime/src/transport/acceptance-compaction.ts"
import type { KeyedText } from "../../../runtime/src/transport/acceptance-compaction.ts"
import type { Commit } from "../../../runtime/src/transport/transport.ts"

/** What the recorded process commits is a function of the task and the commit's number: so an image can be judged by itself. */
export const taskCount = 3
export const topic = "deeds"
export const partitionCount = 4
export const keyedNode = "deeds"
export const scratchTopic = "scratch"
/** A compacted stream that all tasks write. */
export const tableTopic = { name: "table", partitions: 1, internal: false, compact: true }
const keysPerTask = 7
/** The last makes a commit that is written while the one before it is flushed. */
const paddings = [0, 200, 3_000, 9_000, 50_000] as const
const stateBytes = [20, 500, 5_000, 12_000] as const

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

export const taskId = (task: number) => ({ pipeline: "power", node: "deeds", partition: task })

/** Whether the nth commits of the tasks are given one after the other, without waiting; else together, or each after the one before. */
export const isStaggered = (n: number): boolean => n % 3 === 1

/** Key that the nth commit of a task sets; it sets `last` beside it. */
export const keyOfCommit = (n: number): string => `k${n % keysPerTask}`
export const stateKeys = (): readonly string[] => [
  "last",
  ...Array.from({ length: keysPerTask }, (_, n) => `k${n}`)
]

/** Value of a key after the nth commit of its task; undefined when none has set it. */
export function stateAfter(task: number, n: number, key: string): string | undefined {
  if (n === 0) return undefined
  if (key === "last") return String(n)
  for (let at = n; at > 0 && at > n - keysPerTask; at--)
    if (keyOfCommit(at) === key) return stateText(task, at)
  return undefined
}

function stateText(task: number, n: number): string {
  return `${task}:${n}:`.padEnd(stateBytes[(n * 5 + task) % stateBytes.length] ?? 20, "s")
}

/** Texts of the records that the nth commit appends, by partition. */
export function recordsOfCommit(
  task: number,
  n: number
): readonly { readonly partition: number; readonly texts: readonly string[] }[] {
  const width = paddings[(n * 3 + task) % paddings.length] ?? 0
  const first = (n + task) % partitionCount
  const second = (first + 1) % partitionCount
  return [
    { partition: first, texts: [`${task}:${n}:0:`.padEnd(width, "p")] },
    { partition: second, texts: [`${task}:${n}:1:`, `${task}:${n}:2:`.padEnd(width / 2, "q")] }
  ]
}

const deleteEvery = 5

/** What the nth commit of a task sets or deletes in the table. */
export function rowOfCommit(task: number, n: number): KeyedText {
  const width = (paddings[(n + task) % paddings.length] ?? 0) / 4
  return {
    key: `${task} ${keyOfCommit(n)}`,
    value: n % deleteEvery === 0 ? null : `${task}:${n}:`.padEnd(width, "r")
  }
}

/** The table's rows of a task after its nth commit. */
export function rowsAfter(task: number, n: number): ReadonlyMap<string | null, string> {
  return tableOf(Array.from({ length: n }, (_, before) => rowOfCommit(task, before + 1)))
}

export function commitNumber(task: number, n: number): Commit {
  const state = new StateEntryWriter()
  state.put(0, bytesOf("last"), undefined, 0, bytesOf(String(n)))
  state.put(0, bytesOf(keyOfCommit(n)), undefined, 0, bytesOf(stateText(task, n)))
  return {
    ...emptyCommit,
    outputs: [
      ...recordsOfCommit(task, n).map(({ partition, texts }) => ({
        topic,
        partition,
        frame: textFrame(texts)
      })),
      { topic: tableTopic.name, partition: 0, frame: keyedFrame([rowOfCommit(task, n)]) }
    ],
    state: state.finish(),
    offsets: [{ topic: "in", partition: task, next: BigInt(n) }],
    positions: { [`p${task}`]: String(n) },
    tokens: { sink: JSON.stringify({ n }) }
  }
}
