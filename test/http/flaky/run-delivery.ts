import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { DeadLetterView } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { root, temporaryFolder } from "../../input/program.ts"
import { killedPlatform, type Victim } from "./killed-platform.ts"
import { nameOf, type Order, ordersOf, writeOrders } from "./orders.ts"
import { type Arrival, openReceiver } from "./receiver.ts"

export interface DeliveryOptions {
  readonly seed: number
  readonly keys: number
  readonly perKey: number
  /** Of the webhook, without its url. */
  readonly config: object
  readonly share: number
  readonly partial: boolean
  /** Who is killed when the receiver gets the request of this number. */
  readonly kills: ReadonlyMap<number, Victim>
}

export interface Delivery {
  readonly orders: readonly Order[]
  readonly arrivals: readonly Arrival[]
  readonly requests: number
  /** Orders among the dead letters, by name, and why. */
  readonly dead: readonly { readonly name: string; readonly message: string }[]
  readonly killed: number
}

const decodeLetters = Schema.decodeUnknownSync(Schema.Array(DeadLetterView))

/** Sends orders from files by way of a stream to a receiver that fails, while processes are killed; answers what it saw. */
export const deliver = async (options: DeliveryOptions): Promise<Delivery> => {
  const folder = temporaryFolder()
  const orders = ordersOf(options.keys, options.perKey)
  writeOrders(join(folder.path, "in"), orders, 4)
  const platform = await killedPlatform(join(folder.path, "data")).catch((error: unknown) => {
    folder.remove()
    throw error
  })
  let killed = 0
  const receiver = await openReceiver({
    ...options,
    onRequest: async (number) => {
      const victim = options.kills.get(number)
      if (victim === undefined) return
      killed += 1
      await platform.kill(victim)
    }
  })
  try {
    const file = join(folder.path, "orders.pipeline.yaml")
    writeFileSync(file, pipelineOf(folder.path, { url: receiver.origin, ...options.config }))
    const applied = await platform.platform().command("apply", file, "--grant")
    if (applied.exit !== 0) throw new Error(applied.stderr)
    await platform.completed("orders")
    const { body } = await platform.platform().get("/api/status/orders/dead-letters?limit=1000")
    const dead = decodeLetters(body).map(({ message, value }) => ({ name: nameOf(Object(value)), message }))
    return { orders, arrivals: receiver.arrivals, requests: receiver.requests(), dead, killed }
  } finally {
    await platform.stop()
    await receiver.close()
    folder.remove()
  }
}

const plugin = (folder: string, name: string): string =>
  relative(folder, join(root, "plugins", name, "src/index.ts"))

const pipelineOf = (folder: string, config: object): string => `
pipeline: orders
nodes:
  orders:
    source: "${plugin(folder, "files")}#files-source"
    with:
      path: in
      format: ndjson
      record: shop.Order
      key: [key]
      fields: { key: { type: string }, seq: { type: int }, bad: { type: boolean } }
    stream: shop.orders
    partitions: 2
  hook:
    sink: "${plugin(folder, "webhook")}"
    from: orders
    with: ${JSON.stringify(config)}
`
