import type { Counts } from "./transport.ts"

/** Counts as they may have been kept before `handled` was counted by itself. */
export type KeptCounts = Omit<Counts, "handled"> & { readonly handled?: number }

/** Without a prototype: nodes' names come from outside, and `__proto__` is one like any other. */
export function wholeCounts(kept: { readonly [node: string]: KeptCounts }): {
  readonly [node: string]: Counts
} {
  const whole: { [node: string]: Counts } = Object.create(null)
  for (const [node, count] of Object.entries(kept))
    whole[node] = { ...count, handled: count.handled ?? count.in - count.filtered - count.dead }
  return whole
}
