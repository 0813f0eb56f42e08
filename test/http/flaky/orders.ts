import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** One of a key's records: `seq` counts them from 0. A receiver does not take those that are bad, ever. */
export interface Order {
  readonly key: string
  readonly seq: number
  readonly bad: boolean
}

export const nameOf = ({ key, seq }: Pick<Order, "key" | "seq">): string => `${key}/${seq}`

/** Records of so many keys, with those of other keys between; a few are bad. */
export const ordersOf = (keys: number, perKey: number): readonly Order[] =>
  Array.from({ length: keys * perKey }, (_, index) => ({
    key: `k${index % keys}`,
    seq: Math.floor(index / keys),
    bad: index % 47 === 11
  }))

/** Writes them to files, all of a key's into one of them: each file is a partition of the source. */
export const writeOrders = (folder: string, orders: readonly Order[], files: number): void => {
  mkdirSync(folder, { recursive: true })
  for (let file = 0; file < files; file++) {
    const lines = orders
      .filter(({ key }) => Number(key.slice(1)) % files === file)
      .map((order) => `${JSON.stringify(order)}\n`)
    writeFileSync(join(folder, `orders-${file}.ndjson`), lines.join(""))
  }
}
