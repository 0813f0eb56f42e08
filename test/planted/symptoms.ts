import { partitionOf } from "@millrace/sdk/record"
import * as Schema from "effect/Schema"
import { until } from "../input/program.ts"
import type { ClockSkew, DroppedField, Fault, RefusingSink, SkewedKey, SlowPlugin } from "./faults/fault.ts"
import { alertsOf, lagOf, statusOf } from "./stage/healthy.ts"
import { pipeline } from "./stage/pipeline-text.ts"
import type { Stage } from "./stage/stage.ts"

/** What a fault may take to show. */
const patienceSeconds = 240

/** Waits until the platform's own numbers show a fault where it was planted, and nowhere else as much. */
export const untilShown = (stage: Stage, fault: Fault): Promise<unknown> => {
  switch (fault.kind) {
    case "slow-plugin":
      return untilSlow(stage, fault)
    case "skewed-key":
      return untilSkewed(stage, fault)
    case "dropped-field":
      return untilDropped(stage, fault)
    case "refusing-sink":
      return untilRefused(stage, fault)
    case "clock-skew":
      return untilLate(stage, fault)
  }
}

/** Heads of the chains that nodes run in. */
const chainOf: { readonly [node: string]: string } = {
  tidied: "tidied",
  placed: "tidied",
  staffed: "staffed",
  legs: "staffed",
  promised: "promised",
  priced: "priced"
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)
const enoughLag = 400

/** The chain of the node lags on all its partitions, and no other chain as much. */
const untilSlow = ({ platform }: Stage, { node }: SlowPlugin): Promise<unknown> => {
  const chain = chainOf[node] ?? node
  return until(
    async () => {
      const status = await statusOf(platform)
      const chains = [...new Set(status.tasks.map((task) => task.chain))]
      return chains.map((each) => ({ chain: each, lag: lagOf(status, each) }))
    },
    (lags) => {
      const own = lags.find((each) => each.chain === chain)?.lag ?? []
      const others = lags.filter((each) => each.chain !== chain).map(({ lag }) => sum(lag))
      return sum(own) > enoughLag && own.every((lag) => lag > 0) && Math.max(...others) < sum(own)
    },
    patienceSeconds
  )
}

const partitions = 4

/** The partition of the key lags, and no other one of the chain. */
const untilSkewed = ({ platform }: Stage, { depot }: SkewedKey): Promise<unknown> => {
  const partition = partitionOf(new TextEncoder().encode(depot), partitions)
  return until(
    async () => lagOf(await statusOf(platform), "staffed"),
    (lags) => {
      const own = lags[partition] ?? 0
      return own > enoughLag && lags.every((lag, index) => index === partition || lag < own / 8)
    },
    patienceSeconds
  )
}

const Tapped = Schema.fromJsonString(Schema.Struct({ value: Schema.Record(Schema.String, Schema.Unknown) }))
const decodeTapped = Schema.decodeUnknownSync(Tapped)

/** Of those of the next records of a node that are out for delivery, which have every field, the share without one. */
export const shareWithout = async ({ platform }: Stage, node: string, field: string): Promise<number> => {
  const tapped = 200
  const { exit, stderr, stdout } = await platform.command(
    "tap",
    pipeline,
    node,
    "--limit",
    String(tapped),
    "--json"
  )
  if (exit !== 0) throw new Error(`tap of ${node} ended with ${exit}: ${stderr}`)
  const values = stdout
    .trim()
    .split("\n")
    .map((line) => decodeTapped(line).value)
    .filter(({ event }) => event === "out-for-delivery")
  return values.filter((value) => value[field] === null).length / values.length
}

/** Where the output of a node with an optional field can be tapped, and the sink that its records come to. */
export const waysOf: { readonly [field: string]: { readonly tap: string; readonly sink: string } } = {
  postcode: { tap: "placed", sink: "billingOut" },
  grams: { tap: "placed", sink: "billingOut" },
  zone: { tap: "placed", sink: "billingOut" },
  vehicle: { tap: "legs", sink: "customersOut" },
  minutes: { tap: "legs", sink: "customersOut" }
}

/** A quarter of a node's output has every sink's records, more or less. */
const soundShare = 0.2

/** The field is null behind its node, and its sink gets far less than before. */
const untilDropped = async (stage: Stage, { field }: DroppedField): Promise<unknown> => {
  const way = waysOf[field]
  if (way === undefined) throw new Error(`nobody knows where ${field} shows`)
  await until(
    () => shareWithout(stage, way.tap, field),
    (share) => share > 0.5,
    patienceSeconds
  )
  const totalsOf = async () => {
    const { nodes } = await statusOf(stage.platform)
    const inOf = (name: string): number => nodes.find(({ node }) => node === name)?.totals.in ?? 0
    return { legs: inOf("legs"), sink: inOf(way.sink) }
  }
  const before = await totalsOf()
  return until(
    async () => {
      const now = await totalsOf()
      return { legs: now.legs - before.legs, sink: now.sink - before.sink }
    },
    ({ legs, sink }) => legs > 1_000 && sink / legs < soundShare / 2,
    patienceSeconds
  )
}

/** Sinks, by the receivers that they send to, and the chains that they end. */
const sinkOf = {
  customers: { node: "customersOut", chain: "promised" },
  billing: { node: "billingOut", chain: "priced" },
  board: { node: "boardOut", chain: "perDepot" }
} as const

/** What is refused for good becomes dead letters of that sink alone; what is to be tried again holds its chain up. */
const untilRefused = ({ platform }: Stage, { receiver, refusal }: RefusingSink): Promise<unknown> => {
  const { chain, node } = sinkOf[receiver]
  if (refusal.status < 500)
    return until(
      async () => (await statusOf(platform)).nodes.filter(({ totals }) => totals.dead > 0),
      (dead) => dead.length === 1 && dead[0]?.node === node,
      patienceSeconds
    )
  return until(
    async () => ({
      tasks: (await statusOf(platform)).tasks.filter(
        ({ error, state }) => error !== undefined || state === "retrying"
      ),
      alerts: await alertsOf(platform)
    }),
    ({ tasks }) => tasks.length > 0 && tasks.every((task) => task.chain === chain || task.chain === node),
    patienceSeconds
  )
}

const enoughLate = 50

/** Records come late from the source on, and miss their windows; a window itself is never late. */
const untilLate = ({ platform }: Stage, _fault: ClockSkew): Promise<unknown> =>
  until(
    async () => (await statusOf(platform)).nodes.filter(({ totals }) => totals.late > 0),
    (late) =>
      late.every(({ node }) => node !== "boardOut") &&
      late.some(({ node, totals }) => node === "perDepot" && totals.late > enoughLate),
    patienceSeconds
  )
