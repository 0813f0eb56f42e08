import * as Effect from "effect/Effect"
import { textsOf } from "../../../runtime/src/transport/acceptance.ts"
import { readKeyed, tableOf } from "../../../runtime/src/transport/acceptance-compaction.ts"
import { embeddedTransport } from "../../../runtime/src/transport/embedded/index.ts"
import { Transport } from "../../../runtime/src/transport/transport.ts"
import type { Checkpoint, TransportShape } from "../../../runtime/src/transport/transport.ts"
import { StateEntryCursor } from "@millrace/sdk/record"
import {
  bytesOf,
  keyedNode,
  partitionCount,
  recordsOfCommit,
  rowsAfter,
  stateAfter,
  stateKeys,
  tableTopic,
  taskCount,
  taskId,
  topic
} from "./deed.ts"

/** What was acknowledged before a cut: commits by task, and whether the topic's making was. */
export interface Acknowledged {
  readonly hasTopic: boolean
  readonly commits: readonly number[]
}

/** What the acknowledgement file held after its first `length` bytes. */
export function readAcknowledged(text: string): Acknowledged {
  const commits = Array.from({ length: taskCount }, () => 0)
  let hasTopic = false
  for (const line of text.split("\n").slice(0, -1)) {
    const [task = "", n] = line.split(" ")
    if (n === undefined) hasTopic = true
    else commits[Number(task)] = Number(n)
  }
  return { hasTopic, commits }
}

/** Opens a folder as the program does, its own check included, and answers what is wrong with it; empty when nothing is. */
export function judgeImage(folder: string, acknowledged: Acknowledged): Promise<readonly string[]> {
  const program = Effect.gen(function* () {
    return yield* judge(yield* Transport, acknowledged)
  })
  return Effect.runPromise(
    program.pipe(
      Effect.provide(embeddedTransport({ folder })),
      Effect.catch((error) => Effect.succeed([`it does not open: ${error.reason}: ${error.message}`]))
    )
  )
}

function judge(transport: TransportShape, { commits, hasTopic }: Acknowledged) {
  return Effect.gen(function* () {
    const topics = yield* transport.topics
    const isThere = topics.some(({ name }) => name === topic)
    if (!isThere) return hasTopic ? ["the topic is gone, and its making was acknowledged"] : []
    const found = new Map<number, string[]>()
    for (let partition = 0; partition < partitionCount; partition++)
      found.set(partition, [...textsOf(yield* transport.read(topic, partition, 0n, 2 ** 30))])
    const faults: string[] = []
    const last: number[] = []
    for (let task = 0; task < taskCount; task++) {
      const log = yield* transport.openTask(taskId(task), { node: keyedNode })
      const checkpoint = yield* log.checkpoint
      const n = checkpoint?.sequence ?? 0
      last.push(n)
      if (n < (commits[task] ?? 0))
        faults.push(`task ${task}: commit ${commits[task]} was acknowledged, and ${n} is the last there`)
      faults.push(...judgeCheckpoint(task, n, checkpoint))
      const keys = stateKeys()
      const state = yield* log.readState(keys.map(bytesOf), [{ index: 0, kind: "value" }])
      faults.push(...judgeState(task, n, keys, state))
    }
    return [...faults, ...judgeRecords(last, found), ...(yield* judgeTable(transport, last))]
  })
}

function judgeCheckpoint(task: number, n: number, checkpoint: Checkpoint | undefined): readonly string[] {
  if (checkpoint === undefined) return []
  const isWhole =
    checkpoint.offsets[0]?.next === BigInt(n) &&
    checkpoint.positions[`p${task}`] === String(n) &&
    checkpoint.tokens["sink"] === JSON.stringify({ n })
  return isWhole ? [] : [`task ${task}: offset, position and token are not those of commit ${n}`]
}

function judgeState(
  task: number,
  n: number,
  keys: readonly string[],
  entries: Uint8Array
): readonly string[] {
  const found = new Map<string, string>()
  const cursor = new StateEntryCursor(entries)
  while (cursor.next())
    if (cursor.operation === "put")
      found.set(
        Buffer.from(cursor.key() ?? []).toString("utf8"),
        Buffer.from(cursor.value() ?? []).toString("utf8")
      )
  return keys
    .filter((key) => found.get(key) !== stateAfter(task, n, key))
    .map((key) => `task ${task}: state ${key} is not what commit ${n} left`)
}

/** Each key of the compacted stream as its task wrote it last, batches without a break between them. */
function judgeTable(transport: TransportShape, last: readonly number[]) {
  return Effect.gen(function* () {
    const isThere = (yield* transport.topics).some(({ name }) => name === tableTopic.name)
    if (!isThere) return last.some((n) => n > 0) ? ["the compacted stream is gone"] : []
    const left = tableOf(yield* readKeyed(transport, 0n, tableTopic.name))
    const wanted = new Map(last.flatMap((n, task) => [...rowsAfter(task, n)]))
    return [...new Set([...left.keys(), ...wanted.keys()])]
      .filter((key) => left.get(key) !== wanted.get(key))
      .map((key) => `the compacted stream's ${key} is not what commits ${last.join(", ")} left`)
  })
}

/** Every commit whole, none beyond the last, each task's in order within a partition. */
function judgeRecords(
  last: readonly number[],
  found: ReadonlyMap<number, readonly string[]>
): readonly string[] {
  const faults: string[] = []
  for (const [partition, texts] of found)
    for (const [task, n] of last.entries()) {
      const wanted: string[] = []
      for (let at = 1; at <= n; at++)
        for (const part of recordsOfCommit(task, at))
          if (part.partition === partition) wanted.push(...part.texts)
      const own = texts.filter((text) => text.startsWith(`${task}:`))
      if (own.length !== wanted.length || own.some((text, index) => text !== wanted[index]))
        faults.push(
          `partition ${partition}: ${own.length} records of task ${task}, where commits 1 to ${n} have ${wanted.length}`
        )
    }
  return faults
}
