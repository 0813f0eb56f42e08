import { closeSync, mkdirSync, openSync, statSync, writeSync } from "node:fs"
import { dirname, join } from "node:path"
import { setImmediate } from "node:timers/promises"
import * as Effect from "effect/Effect"
import { embeddedTransport } from "../../../runtime/src/transport/embedded/index.ts"
import { Transport } from "../../../runtime/src/transport/transport.ts"
import type { TaskLog, TransportShape } from "../../../runtime/src/transport/transport.ts"
import { emptyCommit } from "../../../runtime/src/transport/empty-commit.ts"
import { textFrame } from "../../../runtime/src/transport/acceptance.ts"
import { commitNumber, isStaggered, keyedNode, partitionCount, scratchTopic, tableTopic } from "./deed.ts"
import { taskCount, taskId, topic } from "./deed.ts"

// The process whose writes are recorded: commits of three tasks, alone, in groups, and while others are flushed, folds between
// them, a topic made, filled and deleted now and then, and a stream that is compacted all the while; large frames lie in files,
// which are cleaned, and written over when nothing of them is wanted. What is acknowledged it writes into a file that is recorded
// too: so the journal has acknowledgements and writes in one order. Of commits that are flushed later it acknowledges what it was
// told is flushed: with `async` all are, with `mixed` those of one task, on a log that flushes the others'.
const [folder = "", acknowledgements = "", commits = "0", durability = "fsync"] = process.argv.slice(2)
/** Whose commits are acknowledged ahead of the flush. */
const isLater = (task: number): boolean => durability === "async" || (durability === "mixed" && task === 0)
const scratchEvery = 40
/** More than two frame files. */
const scratchFrames = 15
const flushEvery = 7

function acknowledge(descriptor: number, text: string): void {
  writeSync(descriptor, `${text}\n`)
}

function scratch(transport: TransportShape, n: number) {
  return Effect.gen(function* () {
    yield* transport.ensureTopic({ name: scratchTopic, partitions: 1, internal: true })
    const log = yield* transport.openTask({ pipeline: "power", node: "scratch", partition: 0 })
    const frame = textFrame([String(n).padEnd(30_000, "x")])
    const output = { topic: scratchTopic, partition: 0, frame }
    for (let frames = 0; frames < scratchFrames; frames++)
      yield* log.commit({ ...emptyCommit, outputs: [output] })
    yield* transport.deleteTopic(scratchTopic)
    yield* untilFlushed
  })
}

/** What a commit is written in, before that of the next task is given. */
const turnsApart = 2

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await setImmediate()
}

/** Until `data.mdb` is flushed next: what is wanted no more before may be written over then. */
const untilFlushed = Effect.gen(function* () {
  const flushedAt = () => statSync(join(folder, "FLUSHED"), { throwIfNoEntry: false })?.mtimeMs
  const before = flushedAt()
  while (flushedAt() === before) yield* Effect.sleep(10)
})

function commitOne(log: TaskLog, task: number, n: number, descriptor: number) {
  const own = durability === "mixed" && isLater(task) ? { durability: "async" as const } : {}
  return Effect.tap(log.commit({ ...commitNumber(task, n), ...own }), () =>
    Effect.sync(() => {
      if (!isLater(task)) acknowledge(descriptor, `${task} ${n}`)
    })
  )
}

const program = Effect.gen(function* () {
  const transport = yield* Transport
  const descriptor = openSync(acknowledgements, "a")
  yield* transport.ensureTopic({ name: topic, partitions: partitionCount, internal: false })
  yield* transport.ensureTopic(tableTopic)
  yield* transport.flushed
  acknowledge(descriptor, "topic")
  const logs = yield* Effect.forEach(
    Array.from({ length: taskCount }, (_, task) => task),
    (task) => transport.openTask(taskId(task), { node: keyedNode })
  )
  for (let n = 1; n <= Number(commits); n++) {
    yield* Effect.forEach(
      logs,
      (log, task) => {
        const wait = Effect.promise(() => (isStaggered(n) ? turns(task * turnsApart) : turns(0)))
        return Effect.andThen(wait, commitOne(log, task, n, descriptor))
      },
      { concurrency: n % 3 === 0 ? 1 : "unbounded" }
    )
    if (durability !== "fsync" && n % flushEvery === 0) {
      yield* transport.flushed
      for (let task = 0; task < taskCount; task++) if (isLater(task)) acknowledge(descriptor, `${task} ${n}`)
    }
    if (n % scratchEvery === 0) yield* scratch(transport, n)
  }
  closeSync(descriptor)
})

mkdirSync(dirname(folder), { recursive: true })
await Effect.runPromise(
  Effect.provide(
    program,
    embeddedTransport({
      folder,
      durability: durability === "async" ? "async" : "fsync",
      frames: { leastBytes: 6_000, fileBytes: 200_000, leastGarbageBytes: 100_000 },
      compaction: { leastDirtyBytes: 40_000, stepBytes: 5_000, quietAfterMs: 1 }
    })
  )
)
