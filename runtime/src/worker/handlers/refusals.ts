/** Requests that were refused, counted since the worker began. */
export interface Refusal {
  readonly pipeline: string
  readonly node: string
  readonly code: string
}

/** Counts refusals by pipeline, node and code: names of plans and fixed codes, nothing that a guest could multiply. */
export class Refusals {
  private readonly counts = new Map<string, { readonly refusal: Refusal; count: number }>()

  add(refusal: Refusal): void {
    const name = JSON.stringify([refusal.pipeline, refusal.node, refusal.code])
    const known = this.counts.get(name)
    if (known !== undefined) known.count += 1
    else this.counts.set(name, { refusal, count: 1 })
  }

  all(): readonly (readonly [refusal: Refusal, count: number])[] {
    return [...this.counts.values()].map(({ count, refusal }) => [refusal, count])
  }
}
