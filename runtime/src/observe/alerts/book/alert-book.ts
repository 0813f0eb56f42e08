import { type Alert, alertId, type FoundAlert } from "./alert.ts"

/** A firing alert that a platform before this one knew. */
export type KnownAlert = Alert & { readonly state: "firing"; readonly firedAt: number }

export interface AlertBookOptions {
  /** How long a resolved alert is shown. */
  readonly resolvedMs: number
  /** Until when one that was known before the start is not resolved, ms since 1970: the history is too short to tell. */
  readonly heldUntil: (alert: Alert) => number
}

/** Which alerts there are, and what became of them: pending while a condition holds, firing when it held long enough, then resolved. */
export class AlertBook {
  readonly #alerts = new Map<string, Alert>()
  /** Resolved ones that are pending again: they come back if nothing comes of it. */
  readonly #resolved = new Map<string, Alert>()
  readonly #held = new Set<string>()
  readonly #options: AlertBookOptions

  constructor(options: AlertBookOptions, known: readonly KnownAlert[] = []) {
    this.#options = options
    for (const alert of known) {
      this.#alerts.set(alert.id, alert)
      this.#held.add(alert.id)
    }
  }

  /** Takes what holds at a time, ms since 1970; answers true when an alert began or ceased to fire. */
  observe(at: number, found: readonly FoundAlert[]): boolean {
    const before = this.#firing()
    const seen = new Set<string>()
    for (const each of found) {
      const id = alertId(each.force.rule.name, each.labels)
      seen.add(id)
      this.#held.delete(id)
      this.#alerts.set(id, this.#holding(id, each, at))
    }
    for (const alert of this.#alerts.values()) if (!seen.has(alert.id)) this.#gone(alert, at)
    return this.#firing() !== before
  }

  /** Firing first, then pending, then resolved; the newest first among each. */
  all(): readonly Alert[] {
    return [...this.#alerts.values()].toSorted(
      (left, right) => order[left.state] - order[right.state] || right.since - left.since
    )
  }

  #holding(id: string, found: FoundAlert, at: number): Alert {
    const known = this.#alerts.get(id)
    const since = known === undefined || known.state === "resolved" ? at : known.since
    const firedAt = known?.state === "firing" ? known.firedAt : undefined
    if (firedAt === undefined && at - since < found.force.forSeconds * 1_000) {
      if (known?.state === "resolved") this.#resolved.set(id, known)
      return { ...found, id, state: "pending", since }
    }
    this.#resolved.delete(id)
    return { ...found, id, state: "firing", since, firedAt: firedAt ?? at }
  }

  #gone(alert: Alert, at: number): void {
    if (alert.state === "pending") this.#drop(alert.id)
    if (alert.state === "firing") {
      if (this.#held.has(alert.id) && at < this.#options.heldUntil(alert)) return
      this.#alerts.set(alert.id, { ...alert, state: "resolved", resolvedAt: at })
    }
    if (alert.state === "resolved" && at - (alert.resolvedAt ?? at) > this.#options.resolvedMs)
      this.#alerts.delete(alert.id)
  }

  #drop(id: string): void {
    const before = this.#resolved.get(id)
    this.#resolved.delete(id)
    if (before === undefined) this.#alerts.delete(id)
    else this.#alerts.set(id, before)
  }

  #firing(): string {
    return [...this.#alerts.values()].flatMap(({ id, state }) => (state === "firing" ? [id] : [])).join(" ")
  }
}

const order = { firing: 0, pending: 1, resolved: 2 }
