import type { Aggregate } from "../aggregate.ts"
import type { FixedWindow } from "../slices.ts"

/** A record of the model: what windows see of it, and a value of each type. */
export interface ModelRecord {
  readonly group: string
  readonly time: number
  /** A multiple of 1/1024 below 2^50. */
  readonly x: number
  readonly whole: bigint
  /** Two fraction digits. */
  readonly price: string
  readonly word: string | null
}

export interface ModelCase {
  readonly seed: number
  readonly window: FixedWindow | { readonly is: "session"; readonly gap: number }
  readonly lateness: number
  readonly updates: boolean
  /** How far behind the newest a partition's watermark is, ms. */
  readonly outOfOrderness: number
  /** Records by source partition, in their order. */
  readonly partitions: readonly (readonly ModelRecord[])[]
  readonly random: () => number
}

/** mulberry32 (T. Ettinger): 0 <= r < 1. */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const plain = { is: "plain" } as const
const decimal = { is: "decimal", scale: 2 } as const
const order = { n: 1, greatestFirst: true, latestFirst: true, ties: false } as const

/** One of every kind, in the order of `givenOf`. */
export const modelAggregates: readonly Aggregate[] = [
  { is: "count" },
  { is: "count" },
  { is: "sum", measure: plain },
  { is: "avg", measure: decimal },
  { is: "sum", measure: plain },
  { is: "ranked", ranking: { ...order, measure: decimal }, gives: "value" },
  { is: "ranked", ranking: { ...order, greatestFirst: false, measure: plain }, gives: "value" },
  { is: "ranked", ranking: { ...order, measure: plain }, gives: "value" },
  { is: "distinct" },
  { is: "ranked", ranking: { ...order, n: 3, latestFirst: false, measure: plain }, gives: "rows" },
  {
    is: "ranked",
    ranking: { ...order, n: 2, latestFirst: false, ties: true, measure: decimal },
    gives: "rows"
  }
]

/** A case that follows from its seed alone. */
export const randomCase = (seed: number): ModelCase => {
  const random = randomOf(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const span = 20 + below(200)
  const record = (time: number): ModelRecord => ({
    group: `g${below(3)}`,
    time,
    x: (below(2) === 0 ? below(2 ** 20) : Math.floor(random() * 2 ** 60)) / 1024 - 300,
    whole: BigInt(below(1_000)) * 10n ** 12n - 7n,
    price: `${below(40) - 20 || 1}.${below(10)}${below(3)}`,
    word: below(5) === 0 ? null : `w${below(6)}`
  })
  return {
    seed,
    window: randomWindow(below),
    lateness: below(3) === 0 ? 1 + below(40) : 0,
    updates: below(4) === 0,
    outOfOrderness: below(15),
    partitions: Array.from({ length: 1 + below(3) }, () => {
      const start = below(span)
      return Array.from({ length: below(40) }, (_, n) =>
        record(start + n * (1 + below(8)) - (below(4) === 0 ? below(60) : 0))
      )
    }),
    random
  }
}

const randomWindow = (below: (limit: number) => number): ModelCase["window"] => {
  const offset = below(2) === 0 ? 0 : below(20) - 10
  switch (below(4)) {
    case 0:
      return { is: "session", gap: 1 + below(12) }
    case 1: {
      const step = 1 + below(10)
      return { is: "cumulative", size: step * (1 + below(5)), step, offset }
    }
    case 2: {
      const size = 1 + below(20)
      return { is: "hopping", size, slide: size, offset }
    }
    default:
      return { is: "hopping", size: 1 + below(24), slide: 1 + below(12), offset }
  }
}
