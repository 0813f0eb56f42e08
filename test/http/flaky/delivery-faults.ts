import type { Delivery } from "./run-delivery.ts"
import { nameOf } from "./orders.ts"

/** All that is not as the webhook promises; empty where everything is. */
export const deliveryFaults = (delivery: Delivery): readonly string[] => [
  ...lost(delivery),
  ...deadFaults(delivery),
  ...idFaults(delivery)
]

/** Each good order was taken at least once; none of the bad ones was. */
const lost = ({ arrivals, orders }: Delivery): readonly string[] => {
  const taken = new Set(
    arrivals.flatMap(({ order, outcome }) => (outcome === "taken" ? [nameOf(order)] : []))
  )
  return orders.flatMap((order) => {
    if (taken.has(nameOf(order)) !== order.bad) return []
    return [`${nameOf(order)}, which is ${order.bad ? "bad, was taken" : "good, was not taken"}`]
  })
}

/** Dead letters are those, once each, that were refused for good. */
const deadFaults = ({ dead, orders }: Delivery): readonly string[] => {
  const wanted = orders
    .filter(({ bad }) => bad)
    .map(nameOf)
    .toSorted()
  const names = dead.map(({ name }) => name).toSorted()
  return JSON.stringify(names) === JSON.stringify(wanted)
    ? []
    : [`dead letters are ${names.join(", ")}, not ${wanted.join(", ")}`]
}

/** An order has one id, however often it comes, and no other order has it. */
const idFaults = ({ arrivals }: Delivery): readonly string[] => {
  const idOf = new Map<string, string>()
  const nameBy = new Map<string, string>()
  return arrivals.flatMap(({ id, order }) => {
    const name = nameOf(order)
    const known = idOf.get(name) ?? id
    const owner = nameBy.get(id) ?? name
    idOf.set(name, known)
    nameBy.set(id, owner)
    if (known !== id) return [`${name} came as ${known} and as ${id}`]
    return owner === name ? [] : [`${id} is ${owner} and ${name}`]
  })
}

/** A key's next order only comes when the one before was taken, or refused for good. */
export const orderFaults = ({ arrivals }: Delivery): readonly string[] => {
  const settled = new Map<string, number>()
  return arrivals.flatMap(({ order, outcome }) => {
    const next = settled.get(order.key) ?? 0
    if (outcome !== "neither" && order.seq === next) settled.set(order.key, next + 1)
    return order.seq <= next ? [] : [`${nameOf(order)} came before ${order.key}/${next} was settled`]
  })
}
