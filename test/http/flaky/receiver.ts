import type { IncomingHttpHeaders } from "node:http"
import { serve } from "../listener.ts"
import { answer, faultsOf, isTaken, randomOf } from "./faults.ts"
import { nameOf, type Order } from "./orders.ts"

/** An order as it arrived, and what became of it. `id`: what the sender calls it. */
export interface Arrival {
  readonly order: Order
  readonly id: string
  readonly outcome: "taken" | "refused" | "neither"
}

export interface Receiver {
  readonly origin: string
  /** In the order in which they arrived. */
  readonly arrivals: readonly Arrival[]
  readonly requests: () => number
  readonly close: () => Promise<void>
}

export interface ReceiverOptions {
  readonly seed: number
  /** Share of requests that fail, each in one of many ways. */
  readonly share: number
  /** Answers a request that names several orders with those that it did not take. */
  readonly partial: boolean
  /** Called with the number of each request before it is looked at; the sender waits meanwhile. */
  readonly onRequest: (number: number) => Promise<void>
}

interface Sent {
  readonly order: Order
  readonly id: string
}

/** A receiver of orders that fails in every way that it can, and keeps what it saw. */
export const openReceiver = async (options: ReceiverOptions): Promise<Receiver> => {
  const arrivals: Arrival[] = []
  const faultOf = faultsOf(options.seed, options.share)
  const random = randomOf(options.seed + 1)
  const postponed = new Map<string, number>()
  let requests = 0

  /** What a reply of 207 says of an order; undefined: it was taken. */
  const objection = ({ order }: Sent, index: number) => {
    if (order.bad) return { index, reason: "no such order" }
    const before = postponed.get(nameOf(order)) ?? 0
    if (before >= 2 || random() >= options.share / 4) return undefined
    postponed.set(nameOf(order), before + 1)
    return { index, reason: "not now", retry: true }
  }

  const judge = (sent: readonly Sent[]) => {
    const hasBad = sent.some(({ order }) => order.bad)
    // A receiver of many may say which it did not take, or refuse them all.
    if (hasBad && (!options.partial || random() < 0.5))
      return { status: 422, body: { error: "no such order" }, failed: sent.map((_, index) => index) }
    const errors = options.partial ? sent.flatMap((one, index) => objection(one, index) ?? []) : []
    return { status: 207, body: { errors }, failed: errors.map(({ index }) => index) }
  }

  const server = await serve(async (request, response, body) => {
    await options.onRequest(++requests)
    const sent = sentIn(request.headers, body.toString())
    const fault = faultOf(sent.map(({ id }) => id).join())
    const verdict = isTaken(fault) ? judge(sent) : undefined
    for (const [index, { id, order }] of sent.entries()) {
      const failed = verdict?.failed.includes(index) ?? true
      const isFinal = fault === "none" && order.bad && (verdict?.status === 207 || sent.length === 1)
      arrivals.push({ order, id, outcome: failed ? (isFinal ? "refused" : "neither") : "taken" })
    }
    answer(response, fault, verdict ?? { status: 500, body: null })
  })
  return { origin: server.origin, arrivals, requests: () => requests, close: server.close }
}

const sentIn = (headers: IncomingHttpHeaders, body: string): readonly Sent[] => {
  const value: unknown = JSON.parse(body)
  if (!Array.isArray(value)) return [{ order: Object(value), id: String(headers["idempotency-key"]) }]
  return value.map(({ id, value: order }) => ({ order, id: String(id) }))
}
