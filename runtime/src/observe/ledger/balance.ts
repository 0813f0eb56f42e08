import type { LedgerView } from "@millrace/sdk/api"
import type { Run } from "../../controller/running-pipelines.ts"
import { noCounts, totalsOf } from "../../transport/counts.ts"
import type { Checkpoint, Counts } from "../../transport/transport.ts"
import { addImbalances, type Imbalances } from "../../worker/ledger/ledger.ts"

/** One partition of a topic, as its log has it. */
export interface PartitionRecords {
  readonly topic: string
  readonly partition: number
  /** By the commits that gave them. */
  readonly given: number
  /** By its last batch. */
  readonly kept: number
}

/** A pipeline with all its checkpoints, by `CHAIN/PARTITION`. */
export interface Committed {
  readonly run: Run
  readonly checkpoints: ReadonlyMap<string, Checkpoint>
}

/** What the log lost or has twice, by place. */
export const logImbalances = (partitions: readonly PartitionRecords[]): Imbalances => {
  const found: { [place: string]: number } = Object.create(null)
  for (const { given, kept, partition, topic } of partitions)
    if (given !== kept) found[`kept in ${topic}/${partition}`] = given - kept
  return found
}

/** Topics that a pipeline writes or reads, each once. */
export const topicsOf = ({ plan }: Run): readonly string[] => [
  ...new Set(
    plan.physical.chains.flatMap(({ inputs, outputs, tables }) => [
      ...inputs.map(({ topic }) => topic),
      ...outputs.map(({ topic }) => topic),
      ...tables.map(({ topic }) => topic)
    ])
  )
]

/** A pipeline's ledger. `all`: every pipeline, for consumers of its topics may be another's; `partitions`: of its topics. */
export const ledgerOf = (
  { checkpoints, run }: Committed,
  all: readonly Committed[],
  partitions: readonly PartitionRecords[],
  at: number
): LedgerView => {
  const totals = totalsOf(checkpoints.values())
  const nodes = run.plan.nodes.map(({ name }) => nodeOf(name, totals.get(name)))
  const edges = topicsOf(run).map((topic) =>
    edgeOf(
      topic,
      run,
      all,
      partitions.filter((each) => each.topic === topic)
    )
  )
  const ledger = [...checkpoints.values()].reduce<Imbalances>(
    (sum, each) => addImbalances(sum, each.ledger),
    logImbalances(partitions)
  )
  const imbalances = Object.entries(ledger).map(([place, records]) => ({ place, records }))
  const balanced = imbalances.length === 0 && nodes.every(({ missing }) => missing === 0)
  return { pipeline: run.stored.pipeline, at, balanced, nodes, edges, imbalances }
}

const nodeOf = (node: string, counts: Counts = noCounts): LedgerView["nodes"][number] => ({
  node,
  in: counts.in,
  handled: counts.handled,
  filtered: counts.filtered,
  dead: counts.dead,
  out: counts.out,
  missing: counts.in - counts.handled - counts.filtered - counts.dead
})

const edgeOf = (
  topic: string,
  run: Run,
  all: readonly Committed[],
  partitions: readonly PartitionRecords[]
): LedgerView["edges"][number] => {
  const kept = sum(partitions.map((each) => each.kept))
  return {
    topic,
    producers: run.plan.physical.chains
      .filter(({ outputs }) => outputs.some((output) => output.topic === topic))
      .map(({ head }) => head),
    written: sum(partitions.map(({ given }) => given)),
    kept,
    consumers: all.flatMap((other) => consumersOf(topic, other, kept))
  }
}

type Consumers = LedgerView["edges"][number]["consumers"]

const consumersOf = (topic: string, { checkpoints, run }: Committed, kept: number): Consumers =>
  run.plan.physical.chains.flatMap(({ head, inputs, tables }) => {
    const own = [...checkpoints].flatMap(([name, checkpoint]) =>
      name.slice(0, name.lastIndexOf("/")) === head ? [checkpoint] : []
    )
    const consumer = (chain: string, read: number) => ({
      pipeline: run.stored.pipeline,
      chain,
      read,
      lag: kept - read
    })
    const offsets = own.flatMap((checkpoint) => checkpoint.offsets.filter((each) => each.topic === topic))
    return [
      ...(inputs.some((input) => input.topic === topic)
        ? [consumer(head, sum(offsets.map(({ next }) => Number(next))))]
        : []),
      // Each task reads all of a lookup table: the one that is furthest behind is told.
      ...tables
        .filter((table) => table.topic === topic)
        .map(({ handle, node }) => {
          const name = `table ${node}/${handle}`
          const reads = own.flatMap(({ positions }) => positions[name] ?? []).map(tableRecords)
          return consumer(`${head} (${name})`, reads.length === 0 ? 0 : Math.min(...reads))
        })
    ]
  })

/** Of a table's position: next offsets by partition, as text (docs/formats/commit.md). */
const tableRecords = (positionJson: string): number => {
  const offsets: unknown = JSON.parse(positionJson)
  return Array.isArray(offsets) ? sum(offsets.map(Number)) : 0
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
