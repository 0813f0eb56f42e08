import type { Alert } from "../book/alert.ts"
import type { NotifyWaits } from "./notify-settings.ts"

/** What is told at once: alerts of one owner and pipeline. */
export interface Notice {
  /** The same for each notice of the group. */
  readonly key: string
  readonly owner: string
  /** Empty for what belongs to none: sandboxes and the platform. */
  readonly pipeline: string
  readonly firing: readonly Alert[]
  /** Were told as firing, and are no more. */
  readonly resolved: readonly Alert[]
}

/** What a group was told last. */
export interface Told {
  /** ms since 1970 */
  readonly at: number
  readonly firing: readonly string[]
}

/** Decides when which alerts are told, as Alertmanager does: grouped, not at every change, and again when they stay. */
export class Groups {
  readonly #waits: NotifyWaits
  readonly #told: Map<string, Told>

  constructor(waits: NotifyWaits, told: Readonly<Record<string, Told>> = {}) {
    this.#waits = waits
    this.#told = new Map(Object.entries(told))
  }

  /** The notices that are due at a time, ms since 1970. `alerts`: all that are not silenced. */
  due(at: number, alerts: readonly Alert[]): readonly Notice[] {
    const groups = Map.groupBy(alerts, groupKey)
    // A group of which everything was silenced, or that is gone, has nothing left to tell.
    for (const key of this.#told.keys()) if (!groups.has(key)) this.#told.delete(key)
    return [...groups].flatMap(([key, members]) => {
      const notice = this.#noticeOf(key, members)
      if (!this.#isDue(at, notice)) return []
      this.#told.set(key, { at, firing: notice.firing.map(({ id }) => id) })
      return [notice]
    })
  }

  /** To be kept, so that a restart neither repeats nor forgets. */
  get told(): Readonly<Record<string, Told>> {
    return Object.fromEntries(this.#told)
  }

  #noticeOf(key: string, members: readonly Alert[]): Notice {
    const told = new Set(this.#told.get(key)?.firing)
    const [first] = members
    return {
      key,
      owner: first?.force.owner ?? "",
      pipeline: first?.labels["pipeline"] ?? "",
      firing: members.filter(({ state }) => state === "firing"),
      resolved: members.filter(({ id, state }) => state === "resolved" && told.has(id))
    }
  }

  #isDue(at: number, { firing, key, resolved }: Notice): boolean {
    if (firing.length + resolved.length === 0) return false
    const told = this.#told.get(key)
    if (told === undefined || told.firing.length === 0) {
      const first = Math.min(...firing.map(({ firedAt }) => firedAt ?? at))
      return firing.length > 0 && at - first >= this.#waits.group * 1_000
    }
    const known = new Set(told.firing)
    const isChanged = resolved.length > 0 || firing.some(({ id }) => !known.has(id))
    const wait = isChanged ? this.#waits.interval : this.#waits.repeat
    return at - told.at >= wait * 1_000
  }
}

const groupKey = ({ force, labels }: Alert): string => JSON.stringify([force.owner, labels["pipeline"] ?? ""])
