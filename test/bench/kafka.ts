import { join } from "node:path"
import { openKafkaClient } from "../../runtime/src/transport/kafka/client/choose-client.ts"
import type { KafkaClient } from "../../runtime/src/transport/kafka/client/kafka-client.ts"
import { temporaryFolder } from "../input/program.ts"
import { openCluster } from "../kafka/running-cluster.ts"
import { canRunKafka } from "../kafka/requirements.ts"
import type { Contestant } from "./kafka/contestant.ts"
import { expectedContent, readTopic } from "./kafka/input.ts"
import type { Content, TopicContent } from "./kafka/input.ts"
import { hasStreamsTools, kafkaStreams, makeStreams } from "./kafka/kafka-streams.ts"
import { kafkajsLoop } from "./kafka/kafkajs-loop.ts"
import { makeOutput } from "./kafka/make-output.ts"
import { measureRun } from "./kafka/measure-run.ts"
import type { Measured } from "./kafka/measure-run.ts"
import { Millrace } from "./kafka/millrace.ts"
import { writeBids } from "./kafka/write-bids.ts"
import { type BenchRow, machine, median } from "./row.ts"

// Bids from Kafka through a map of one field to Kafka, exactly once: our platform with the map in its sandbox, a loop of kafkajs with
// avsc, and an application of Kafka Streams. CPU time is that of all processes of a contestant; the broker's is nobody's. Each run is
// of new processes; what they take until half of the input is done warms them up. The loop has less to do, for it takes longest.

const scale = Number(process.env["BENCH_SCALE"] ?? 1)
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3)
/** `BENCH_PARTITIONS=4` for those of four partitions alone. */
const onlyPartitions = process.env["BENCH_PARTITIONS"]
const loop = "kafka-loop"
const streams = "kafka-streams"
const cases = [
  { target: streams, partitions: 4, count: 4_000_000 },
  { target: loop, partitions: 4, count: 1_000_000 },
  { target: streams, partitions: 1, count: 2_000_000 },
  { target: loop, partitions: 1, count: 500_000 }
]
  .filter(({ partitions }) => onlyPartitions === undefined || Number(onlyPartitions) === partitions)
  .map((each) => ({ ...each, count: Math.round(each.count * scale) }))
type Case = (typeof cases)[number]

/** Of a stream, what its platform writes, so that it knows the stream and its schema; the rest is written as other programs would. */
const opening = 1_000

interface Bed {
  readonly client: KafkaClient
  readonly broker: string
  readonly millrace: Millrace
}

export const run = async (): Promise<readonly BenchRow[]> => {
  if (!canRunKafka()) {
    process.stderr.write("  left out: it takes Java 17 and Maven (docs/how-to/kafka.md)\n")
    return []
  }
  const folder = temporaryFolder()
  const cluster = await openCluster({ folder: join(folder.path, "kafka") })
  const broker = cluster.bootstrap[0] ?? ""
  const client = await openKafkaClient("kafkajs", { bootstrap: [broker] })
  try {
    const peers = new Map([[loop, kafkajsLoop], ...(await streamsOf(folder.path))])
    const bed = { broker, client, millrace: new Millrace(folder.path, broker) }
    const rows: BenchRow[] = []
    for (const each of cases) {
      const peer = peers.get(each.target)
      if (peer !== undefined) rows.push(await runCase(bed, each, peer))
    }
    return rows
  } finally {
    await client.close()
    await cluster.close("hard")
    folder.remove()
  }
}

const streamsOf = async (folder: string): Promise<readonly (readonly [string, Contestant])[]> => {
  if (hasStreamsTools()) return [[streams, kafkaStreams(await makeStreams(), join(folder, "streams"))]]
  process.stderr.write("  Kafka Streams is left out: it takes a JDK (javac) and Maven\n")
  return []
}

const runCase = async (
  bed: Bed,
  { count, partitions, target }: Case,
  peer: Contestant
): Promise<BenchRow> => {
  const { client, millrace } = bed
  const input = `bench.bids-${target}-${partitions}`
  await millrace.open(input, partitions, opening)
  const { schemaId } = await readTopic(client, input, partitions)
  await writeBids(client, { topic: input, partitions, schemaId }, { from: opening, to: count })
  const content = await readTopic(client, input, partitions)
  const expected = expectedContent(count)
  process.stderr.write(
    `  ${target}: ${count.toLocaleString("en")} bids are written, ${partitions} partitions\n`
  )
  const taken = new Map<Contestant, Measured[]>()
  let verified = content.records === count
  for (let round = 0; round < rounds; round++) {
    const turns = [millrace.contestant, peer]
    for (const contestant of round % 2 === 0 ? turns : turns.toReversed()) {
      const { gave, measured } = await runOne(bed, contestant, { content, input, partitions, round })
      verified &&= gave.records === expected.records && gave.sum === expected.sum
      taken.set(contestant, [...(taken.get(contestant) ?? []), measured])
    }
  }
  return rowOf({
    name: `${target}${partitions === 4 ? "" : `: ${partitions} partition`}`,
    ours: taken.get(millrace.contestant) ?? [],
    peers: taken.get(peer) ?? [],
    peerName: peer.name,
    verified,
    recordBytes: Math.round(content.bytes / count)
  })
}

interface Leg {
  readonly content: TopicContent
  readonly input: string
  readonly partitions: number
  readonly round: number
}

const runOne = async (
  { broker, client }: Bed,
  contestant: Contestant,
  { content, input, partitions, round }: Leg
): Promise<{ readonly measured: Measured; readonly gave: Content }> => {
  const name = `${contestant.name.toLowerCase().replaceAll(" ", "-")}-${input.replaceAll(".", "-")}-${round}`
  const output = `bench.${name}`
  await makeOutput(client, output, partitions)
  const started = performance.now()
  const { schemaId } = content
  const runner = await contestant.start({ broker, input, output, partitions, schemaId, name })
  try {
    const measured = await measureRun(client, runner, started, { input, content })
    await runner.stop()
    const gave = await readTopic(client, output, partitions)
    tell(contestant, measured)
    return { measured, gave }
  } finally {
    await runner.stop()
    await client.deleteTopics([output])
  }
}

const thousands = (value: number): string =>
  Math.round(value / 1_000)
    .toLocaleString("en")
    .padStart(5)

const tell = ({ name }: Contestant, { warm, whole }: Measured): void => {
  const both = ({ cpu, wall }: Measured["warm"]) => `${thousands(cpu)} k/CPU s, ${thousands(wall)} k/s`
  process.stderr.write(`  ${name.padEnd(16)} ${both(warm)}; with start and warm-up ${both(whole)}\n`)
}

interface Taken {
  readonly name: string
  readonly ours: readonly Measured[]
  readonly peers: readonly Measured[]
  readonly peerName: string
  readonly verified: boolean
  readonly recordBytes: number
}

const rowOf = ({ name, ours, peerName, peers, recordBytes, verified }: Taken): BenchRow => {
  const both = (of: (measured: Measured) => number) => median(ours.map(of)) / median(peers.map(of))
  const byClock = both(({ warm }) => warm.wall).toFixed(2)
  const fromStart = both(({ whole }) => whole.cpu).toFixed(2)
  return {
    name: `${name} (bids of ${recordBytes} B; by the clock ${byClock}, with start and warm-up ${fromStart})`,
    ours: median(ours.map(({ warm }) => warm.cpu)),
    peer: median(peers.map(({ warm }) => warm.cpu)),
    peerName,
    ratio: both(({ warm }) => warm.cpu),
    unit: "records per CPU-second",
    rounds: ours.length,
    verified,
    machine: machine(),
    wall: median(ours.map(({ warm }) => warm.wall))
  }
}
