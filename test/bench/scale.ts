import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { openKafkaClient } from "../../runtime/src/transport/kafka/client/choose-client.ts"
import type { KafkaClient } from "../../runtime/src/transport/kafka/client/kafka-client.ts"
import { temporaryFolder, until } from "../input/program.ts"
import type { Platform } from "../input/program.ts"
import { canRunKafka } from "../kafka/requirements.ts"
import { openCluster } from "../kafka/running-cluster.ts"
import { startWorker } from "../kafka/start-worker.ts"
import type { StartedWorker } from "../kafka/start-worker.ts"
import { committedOffsets } from "./kafka/committed-offsets.ts"
import { expectedContent, readTopic } from "./kafka/input.ts"
import type { TopicContent } from "./kafka/input.ts"
import { makeOutput } from "./kafka/make-output.ts"
import { Millrace } from "./kafka/millrace.ts"
import { writeBids } from "./kafka/write-bids.ts"
import { type BenchRow, machine, median } from "./row.ts"
import { holdTo } from "./scale/held-group.ts"

// What a second worker adds: bids from Kafka through a map of one field to Kafka, exactly once, by one worker and by two, each held to
// half a core with its sandboxes. The platform takes no task while there is a worker, and nobody holds it or the broker. Then two again,
// one of which is killed in the middle: how long until each of its partitions is committed by the other.

const scale = Number(process.env["BENCH_SCALE"] ?? 1)
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3)
const count = Math.round(4_800_000 * scale)
const partitions = 8
const heldCores = 0.5
/** Of the input: measured from the one to the other, so that neither start nor what is left of the last partition counts. */
const [from, to] = [0.3, 0.8]
const killAt = 0.4
const lookMs = 20
/** A commit that was under way when its worker was killed. */
const lastCommitMs = 500
const patienceSeconds = 600
const input = "bench.scaled"

interface Bed {
  readonly client: KafkaClient
  readonly content: TopicContent
  readonly millrace: Millrace
  readonly platform: Platform
  readonly folder: string
}

export const run = async (): Promise<readonly BenchRow[]> => {
  const probe = holdTo("millrace-bench-probe", heldCores)
  probe?.remove()
  if (!canRunKafka() || probe === undefined) {
    const what = probe === undefined ? "control groups that this user may make" : "Java 17 and Maven"
    process.stderr.write(`  left out: it takes ${what}\n`)
    return []
  }
  const folder = temporaryFolder()
  const cluster = await openCluster({ folder: join(folder.path, "kafka") })
  const broker = cluster.bootstrap[0] ?? ""
  const client = await openKafkaClient("kafkajs", { bootstrap: [broker] })
  try {
    const millrace = new Millrace(folder.path, broker)
    await millrace.open(input, partitions, 1_000)
    const { schemaId } = await readTopic(client, input, partitions)
    await writeBids(client, { topic: input, partitions, schemaId }, { from: 1_000, to: count })
    const content = await readTopic(client, input, partitions)
    process.stderr.write(`  ${count.toLocaleString("en")} bids are written, ${partitions} partitions\n`)
    const config = join(folder.path, "millrace.yaml")
    writeFileSync(config, JSON.stringify({ kafka: { brokers: [broker], weight: 1 } }))
    const platform = await millrace.up(["--config", config])
    try {
      return await measure({ client, content, folder: folder.path, millrace, platform })
    } finally {
      await platform.stop()
    }
  } finally {
    await client.close()
    await cluster.close("hard")
    folder.remove()
  }
}

const measure = async (bed: Bed): Promise<readonly BenchRow[]> => {
  const expected = expectedContent(count)
  const taken: Leg[][] = [[], [], []]
  for (let round = 0; round < rounds; round++)
    for (const [kind, legs] of taken.entries()) {
      const leg = await runLeg(bed, {
        name: `scaled-${kind}-${round}`,
        workers: Math.min(2, kind + 1),
        kills: kind === 2
      })
      legs.push(leg)
      const handOver = leg.handOverMs === undefined ? "" : `, handed over in ${Math.round(leg.handOverMs)} ms`
      process.stderr.write(`  ${kind + 1 > 1 ? 2 : 1} held: ${Math.round(leg.rate)} records/s${handOver}\n`)
    }
  const [one = [], two = [], killed = []] = taken
  const isVerified = (legs: readonly Leg[]): boolean =>
    legs.every(({ records, sum }) => records === expected.records && sum === expected.sum)
  const [alone, both] = [one, two].map((legs) => median(legs.map(({ rate }) => rate)))
  const handOver = killed.map(({ handOverMs = Number.NaN }) => handOverMs)
  const common = { rounds, machine: machine() }
  return [
    {
      ...common,
      name: "scale: two workers of half a core each",
      ours: both ?? Number.NaN,
      peer: alone ?? Number.NaN,
      peerName: "one of them",
      ratio: (both ?? Number.NaN) / (alone ?? Number.NaN),
      unit: "records per second",
      verified: isVerified([...one, ...two])
    },
    {
      ...common,
      name: `hand-over: kill -9 of one of two workers to the other's commit in each of its partitions (most ${Math.round(Math.max(...handOver))} ms)`,
      ours: median(handOver),
      peer: 10_000,
      peerName: "budget",
      ratio: 10_000 / median(handOver),
      unit: "ms",
      verified: isVerified(killed)
    }
  ]
}

interface Leg {
  /** Records per second, while all was under way. */
  readonly rate: number
  readonly handOverMs?: number
  readonly records: number
  readonly sum: number
}

interface LegOptions {
  readonly name: string
  readonly workers: number
  /** One is killed on the way. */
  readonly kills: boolean
}

const runLeg = async (
  { client, content, folder, millrace, platform }: Bed,
  { kills, name, workers: wanted }: LegOptions
): Promise<Leg> => {
  const output = `bench.${name}`
  await makeOutput(client, output, partitions)
  const groups = Array.from({ length: wanted }, (_, index) => holdTo(`millrace-bench-${index}`, heldCores))
  const workers = await Promise.all(
    groups.map((group, index) =>
      startWorker(platform, {
        folder: join(folder, `worker-${index}`),
        flags: ["--weight", "1000"],
        wrapper: group?.wrapper ?? []
      })
    )
  )
  try {
    const course = new Course(client, `millrace.${name}`, content)
    // It runs before `apply` has ended.
    const [began] = await Promise.all([
      course.until(from),
      millrace.applyMap(platform, { input, name, output, partitions })
    ])
    let handOverMs: number | undefined
    if (kills) {
      await course.until(killAt)
      handOverMs = await killAndWait(course, workers[0])
    }
    const ended = await course.until(to)
    await course.until(1)
    const { records, sum } = await readTopic(client, output, partitions)
    return {
      rate: ((ended.records - began.records) / (ended.at - began.at)) * 1_000,
      ...(handOverMs === undefined ? {} : { handOverMs }),
      records,
      sum
    }
  } finally {
    await platform.command("pipeline", "delete", name)
    for (const { ended, pid } of workers) if (!ended()) process.kill(pid, "SIGTERM")
    await until(
      () => workers.every(({ ended }) => ended()),
      (all) => all
    )
    for (const group of groups) group?.remove()
    await client.deleteTopics([output])
  }
}

const killAndWait = async (course: Course, worker: StartedWorker | undefined): Promise<number> => {
  const killed = performance.now()
  process.kill(worker?.pid ?? 0, "SIGKILL")
  await delay(lastCommitMs)
  const before = await course.committed()
  await course.while((now) =>
    now.some((offset, partition) => offset === before[partition] && offset < course.endOf(partition))
  )
  return performance.now() - killed
}

interface Look {
  readonly records: number
  readonly at: number
}

/** Follows a pipeline by the offsets that it commits. */
class Course {
  readonly #client: KafkaClient
  readonly #group: string
  readonly #content: TopicContent

  constructor(client: KafkaClient, group: string, content: TopicContent) {
    this.#client = client
    this.#group = group
    this.#content = content
  }

  endOf(partition: number): number {
    return Number(this.#content.ends[partition] ?? 0n)
  }

  committed(): Promise<readonly number[]> {
    return committedOffsets(this.#client, { group: this.#group, topic: input, ends: this.#content.ends })
  }

  async while(isSo: (committed: readonly number[]) => boolean): Promise<readonly number[]> {
    const end = performance.now() + patienceSeconds * 1_000
    for (;;) {
      const committed = await this.committed()
      if (!isSo(committed)) return committed
      if (performance.now() > end) throw new Error(`${this.#group} stands at ${committed.join(", ")}`)
      await delay(lookMs)
    }
  }

  /** Once so much of the input is committed. */
  async until(share: number): Promise<Look> {
    const { ends, records } = this.#content
    const total = ends.reduce((sum, end) => sum + Number(end), 0)
    const doneOf = (committed: readonly number[]) => committed.reduce((sum, each) => sum + each, 0) / total
    const committed = await this.while((now) => doneOf(now) < share)
    return { records: doneOf(committed) * records, at: performance.now() }
  }
}
