import type { Counts } from "./transport.ts"

/** Counts as they may have been kept before `handled` was counted by itself. */
export type KeptCounts = Omit<Counts, "handled"> & { readonly handled?: number }

export const noCounts: Counts = { in: 0, out: 0, handled: 0, filtered: 0, dead: 0, late: 0 }

export const addCounts = (a: Counts, b: Counts): Counts => ({
  in: a.in + b.in,
  out: a.out + b.out,
  handled: a.handled + b.handled,
  filtered: a.filtered + b.filtered,
  dead: a.dead + b.dead,
  late: a.late + b.late
})

/** Totals by node, over tasks. */
export const totalsOf = (
  tasks: Iterable<{ readonly counts: { readonly [node: string]: Counts } }>
): ReadonlyMap<string, Counts> => {
  const totals = new Map<string, Counts>()
  for (const { counts } of tasks)
    for (const [node, each] of Object.entries(counts))
      totals.set(node, addCounts(totals.get(node) ?? noCounts, each))
  return totals
}

/** Without a prototype: nodes' names come from outside, and `__proto__` is one like any other. */
export function wholeCounts(kept: { readonly [node: string]: KeptCounts }): {
  readonly [node: string]: Counts
} {
  const whole: { [node: string]: Counts } = Object.create(null)
  for (const [node, count] of Object.entries(kept))
    whole[node] = { ...count, handled: count.handled ?? count.in - count.filtered - count.dead }
  return whole
}
