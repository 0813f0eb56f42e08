import * as Latch from "effect/Latch"
import type { AssignableUnit } from "./assign-units.ts"

/** `revoked`: its work has yet to stand still. */
type Phase = "idle" | "held" | "revoked"

/** A unit that this worker knows, and might do. */
export interface OwnUnit {
  readonly unit: AssignableUnit
  /** Open while it is held. */
  readonly held: Latch.Latch
  /** Open while it is not. */
  readonly free: Latch.Latch
  phase: Phase
  /** When it was revoked. */
  revokedAt: number
  /** Nobody else gets it, until the work stands still. */
  isClaimed: boolean
}

/** What became of units here that the group may have to hear of. `rested`: its work stands still, and nobody waited for that. */
export type UnitNews = "offered" | "withdrawn" | "given up" | "rested"

/**
 * The units that a member of a group knows, and which of them it has. A unit is held while it is assigned and known, and nothing
 * of the time before still runs; after it was revoked it is given up when its work stands still.
 */
export class OwnUnits {
  /** By id; of several offers of one unit the first counts until it is withdrawn. */
  readonly #known = new Map<string, OwnUnit[]>()
  #assigned: ReadonlySet<string> = new Set()
  readonly #withdrawnAt = new Map<string, number>()
  #firstOfferedAt: number | undefined
  readonly #tell: (news: UnitNews) => void
  readonly #now: () => number

  constructor(now: () => number, tell: (news: UnitNews) => void) {
    this.#now = now
    this.#tell = tell
  }

  offer(unit: AssignableUnit): OwnUnit {
    const own: OwnUnit = {
      unit,
      held: Latch.makeUnsafe(false),
      free: Latch.makeUnsafe(true),
      phase: "idle",
      revokedAt: 0,
      isClaimed: false
    }
    const others = this.#known.get(unit.id)
    if (others === undefined) this.#known.set(unit.id, [own])
    else others.push(own)
    this.#withdrawnAt.delete(unit.id)
    this.#firstOfferedAt ??= this.#now()
    this.#holdIfAssigned(own)
    this.#tell("offered")
    return own
  }

  /** All its work has stopped. */
  withdraw(own: OwnUnit): void {
    const { id } = own.unit
    const left = (this.#known.get(id) ?? []).filter((each) => each !== own)
    const hadClaim = own.isClaimed
    this.#rest(own)
    if (left.length > 0) this.#known.set(id, left)
    else {
      this.#known.delete(id)
      this.#withdrawnAt.set(id, this.#now())
    }
    const [next] = left
    if (next !== undefined) this.#holdIfAssigned(next)
    this.#tell(hadClaim ? "given up" : "withdrawn")
  }

  /** The work of a unit that was revoked stands still. */
  release(own: OwnUnit): void {
    if (own.phase !== "revoked") return
    const hadClaim = own.isClaimed
    this.#rest(own)
    const goesOn = this.#holdIfAssigned(own)
    this.#tell(hadClaim && !goesOn ? "given up" : "rested")
  }

  /** What the group gave: everything else is to be given up, and stays ours until it is. */
  assign(ids: readonly string[]): void {
    this.#assigned = new Set(ids)
    for (const own of this.#active()) {
      if (own.phase === "held" && !this.#assigned.has(own.unit.id)) this.#revoke(own, true)
      this.#holdIfAssigned(own)
    }
  }

  /** Others may have everything by now. */
  lose(): void {
    this.#assigned = new Set()
    for (const own of this.#active()) {
      own.isClaimed = false
      if (own.phase === "held") this.#revoke(own, false)
    }
  }

  /** Does as if what was revoked before then stood still: whoever gets it fences what is left of it. */
  disown(before: number): void {
    for (const own of this.#active()) {
      if (!own.isClaimed || own.revokedAt > before) continue
      own.isClaimed = false
      this.#tell("given up")
    }
  }

  /** Ids of what nobody else may have: what was assigned, and what was revoked and does not stand still yet. */
  claims(): readonly string[] {
    const claimed = this.#active().filter(({ isClaimed }) => isClaimed)
    return [...new Set([...this.#assigned, ...claimed.map(({ unit }) => unit.id)])].sort()
  }

  offered(): readonly AssignableUnit[] {
    return this.#active().map(({ unit }) => unit)
  }

  /** Since when it is known here what there is; undefined while nothing was ever offered. */
  get firstOfferedAt(): number | undefined {
    return this.#firstOfferedAt
  }

  /** When the unit was last withdrawn here; undefined for one that never was, or is offered. */
  withdrawnAt(id: string): number | undefined {
    return this.#withdrawnAt.get(id)
  }

  /** Forgets what was withdrawn before then. */
  forgetWithdrawn(before: number): void {
    for (const [id, at] of this.#withdrawnAt) if (at < before) this.#withdrawnAt.delete(id)
  }

  /** No work is done here. */
  isAtRest(): boolean {
    return this.#active().every(({ phase }) => phase === "idle")
  }

  assigned(): readonly string[] {
    return [...this.#assigned].sort()
  }

  ids(phase: Phase): readonly string[] {
    return this.#active()
      .filter((own) => own.phase === phase)
      .map(({ unit }) => unit.id)
      .sort()
  }

  #active(): readonly OwnUnit[] {
    return [...this.#known.values()].flatMap(([first]) => (first === undefined ? [] : [first]))
  }

  #holdIfAssigned(own: OwnUnit): boolean {
    const { id } = own.unit
    if (own.phase !== "idle" || !this.#assigned.has(id) || this.#known.get(id)?.[0] !== own) return false
    own.phase = "held"
    own.free.closeUnsafe()
    own.held.openUnsafe()
    return true
  }

  #revoke(own: OwnUnit, isClaimed: boolean): void {
    own.phase = "revoked"
    own.isClaimed = isClaimed
    own.revokedAt = this.#now()
    own.held.closeUnsafe()
    own.free.openUnsafe()
  }

  #rest(own: OwnUnit): void {
    own.phase = "idle"
    own.isClaimed = false
    own.held.closeUnsafe()
    own.free.openUnsafe()
  }
}
