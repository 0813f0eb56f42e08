import { StateEntryWriter } from "@millrace/sdk/record"
import { emptyCommit, textFrame } from "../../../runtime/src/transport/acceptance.ts"
import type { Commit } from "../../../runtime/src/transport/transport.ts"

/** What the recorded process commits is a function of the task and the commit's number: so an image can be judged by itself. */
export const taskCount = 3
export const topic = "deeds"
export const partitionCount = 4
export const keyedNode = "deeds"
export const scratchTopic = "scratch"
const keysPerTask = 7
const paddings = [0, 200, 3_000, 9_000, 40_000] as const
const stateBytes = [20, 500, 5_000, 12_000] as const

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

export const taskId = (task: number) => ({ pipeline: "power", node: "deeds", partition: task })

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

export function commitNumber(task: number, n: number): Commit {
  const state = new StateEntryWriter()
  state.put(0, bytesOf("last"), undefined, 0, bytesOf(String(n)))
  state.put(0, bytesOf(keyOfCommit(n)), undefined, 0, bytesOf(stateText(task, n)))
  return {
    ...emptyCommit,
    outputs: recordsOfCommit(task, n).map(({ partition, texts }) => ({
      topic,
      partition,
      frame: textFrame(texts)
    })),
    state: state.finish(),
    offsets: [{ topic: "in", partition: task, next: BigInt(n) }],
    positions: { [`p${task}`]: String(n) },
    tokens: { sink: JSON.stringify({ n }) }
  }
}
