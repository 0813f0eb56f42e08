import type { MemberBytes } from "../client/kafka-client.ts"
import { assignUnits } from "./assign-units.ts"
import type { AssignableMember } from "./assign-units.ts"
import { maxIdLength, readMetadata, writeAssignment } from "./member-format.ts"
import type { OwnUnits } from "./own-units.ts"

/** A worker of the group. */
export interface WorkerFacts {
  readonly id: string
  /** What people know it by; empty where it said nothing that could be read. */
  readonly label: string
  readonly traits: readonly string[]
  readonly weight: number
  /** What it was given last. In order. */
  readonly units: readonly string[]
}

export interface LeaderAssignment {
  readonly workers: readonly WorkerFacts[]
  readonly bytes: readonly MemberBytes[]
  /** Units that no worker may do. */
  readonly unplaced: readonly string[]
  /** Until when workers keep what this one does not offer, and then it is to be assigned anew. */
  readonly keptUntil: number | undefined
}

export interface LeaderTerms {
  readonly graceMs: number
  readonly now: number
}

/**
 * What a leader gives to all, of the units that it offers itself. What it does not offer stays with who has it for a while, and as long
 * as it never offered anything: a worker that began just now may be chosen as the leader before it knows what there is, and one
 * that ends withdraws all.
 */
export function leaderAssignment(
  members: readonly MemberBytes[],
  own: OwnUnits,
  terms: LeaderTerms
): LeaderAssignment {
  const units = own.offered()
  const joined = members.map(({ bytes, memberId }) => ({ id: memberId, said: readMetadata(bytes) }))
  const workers = joined.map(({ id, said }): AssignableMember => {
    const weight = said === undefined || !said.takesWork ? 0 : said.weight
    return { id, has: said?.units ?? [], traits: said?.traits ?? [], weight }
  })
  const { keptUntil, unknown, withdrawn } = keptUnits(workers, new Set(units.map(({ id }) => id)), own, terms)
  const { now, unplaced } = assignUnits(workers, units.filter(isSayable), unknown)
  const given = (id: string): readonly string[] =>
    [...(now.get(id) ?? []), ...(withdrawn.get(id) ?? [])].sort()
  return {
    workers: joined.map(({ id, said }) => ({
      id,
      label: said?.label ?? "",
      traits: said?.traits ?? [],
      weight: said?.weight ?? 0,
      units: given(id)
    })),
    bytes: workers.map(({ id }) => ({ memberId: id, bytes: writeAssignment(given(id)) })),
    unplaced: [...unplaced, ...units.filter((unit) => !isSayable(unit)).map(({ id }) => id)],
    keptUntil
  }
}

/** A longer id would make an assignment unreadable, with all that is in it. */
const isSayable = ({ id }: { readonly id: string }): boolean => id.length <= maxIdLength

interface Kept {
  /** By worker. What was never offered here counts as work, what was withdrawn will not be for long. */
  readonly unknown: ReadonlyMap<string, readonly string[]>
  readonly withdrawn: ReadonlyMap<string, readonly string[]>
  readonly keptUntil: number | undefined
}

function keptUnits(
  workers: readonly AssignableMember[],
  offered: ReadonlySet<string>,
  own: OwnUnits,
  { graceMs, now }: LeaderTerms
): Kept {
  const unknown = new Map<string, string[]>()
  const withdrawn = new Map<string, string[]>()
  const seen = new Set<string>()
  let keptUntil: number | undefined
  for (const { has, id, weight } of workers)
    for (const unit of has) {
      if (weight === 0 || offered.has(unit) || seen.has(unit)) continue
      const withdrawnAt = own.withdrawnAt(unit)
      const until = (withdrawnAt ?? own.firstOfferedAt ?? Infinity) + graceMs
      if (until <= now) continue
      // INVARIANT: never two owners, whatever they say.
      seen.add(unit)
      keptUntil = Math.min(keptUntil ?? until, until)
      const kept = withdrawnAt === undefined ? unknown : withdrawn
      kept.set(id, [...(kept.get(id) ?? []), unit])
    }
  return { unknown, withdrawn, keptUntil }
}
