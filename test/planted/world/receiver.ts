import { drawsOf } from "./draw.ts"
import { type LocalServer, serve } from "./local-server.ts"

/** What a receiver does not take. */
export interface Refusal {
  readonly status: number
  readonly body: { readonly [name: string]: unknown }
  /** Only requests with a record of this depot. */
  readonly depot: string | undefined
}

/** Where a sink sends to. */
export interface Receiver extends LocalServer {
  refusal: Refusal | undefined
}

const leastMs = 5
const mostMs = 20

const isOf = (record: unknown, depot: string): boolean =>
  typeof record === "object" && record !== null && "depot" in record && record.depot === depot

const hasDepot = (body: string, depot: string): boolean => {
  const sent: unknown = JSON.parse(body)
  return Array.isArray(sent) ? sent.some((record) => isOf(record, depot)) : isOf(sent, depot)
}

/** Takes all that is posted, until it is given a refusal. */
export const receive = async (seed: number): Promise<Receiver> => {
  let asked = 0
  const refusals: { now: Refusal | undefined } = { now: undefined }
  const server = await serve((_path, body) => {
    const afterMs = drawsOf(seed, asked++).whole(leastMs, mostMs)
    const { now } = refusals
    return now === undefined || (now.depot !== undefined && !hasDepot(body, now.depot))
      ? { status: 202, body: { accepted: true }, afterMs }
      : { status: now.status, body: now.body, afterMs }
  })
  return {
    ...server,
    get refusal() {
      return refusals.now
    },
    set refusal(refusal) {
      refusals.now = refusal
    }
  }
}
