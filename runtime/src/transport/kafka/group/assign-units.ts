import { spreadChains } from "./spread-chains.ts"

/** A worker as the leader of the group knows it. */
export interface AssignableMember {
  readonly id: string
  /** Units that it has, or has yet to give up: nobody else gets them before it says that it has not. */
  readonly has: readonly string[]
  readonly traits: readonly string[]
  /** Its part of the work, against that of others: a whole number from 1 to 1000; 0: it gets nothing, and keeps nothing. */
  readonly weight: number
}

/** Work that one member at a time does. */
export interface AssignableUnit {
  readonly id: string
  readonly chain: string
  /** Only members with this trait get it. */
  readonly needs?: string | undefined
}

export interface UnitAssignment {
  /** Units of each member, those alone that nobody else has. In order of their ids. */
  readonly now: ReadonlyMap<string, readonly string[]>
  /** To whom units go as soon as who has them says that it has not. */
  readonly later: ReadonlyMap<string, string>
  /** Units that no member may do. */
  readonly unplaced: readonly string[]
}

/**
 * Who does what. The same for the same input, in whatever order. Members have numbers of units that differ by one, in the measure of
 * their weights, to the nearest, and so have they of each chain; where units need traits, as far as that lets it. Among all such it is
 * one that takes the fewest units from who has them, where weights are equal. Cooperative (KIP-429): a unit that moves is nobody's in between, and is given by the
 * assignment after its owner has given it up; two rounds after the last change nothing moves any more.
 *
 * `kept`: units that stay with who has them, whatever else is said: ids by member.
 */
export function assignUnits(
  members: readonly AssignableMember[],
  units: readonly AssignableUnit[],
  kept: ReadonlyMap<string, readonly string[]> = new Map()
): UnitAssignment {
  const workers = [...members].sort(byId).filter(({ weight }) => weight > 0)
  const claims = claimsOf(members)
  const targets = new Map<string, string>()
  const loads = workers.map(({ id }) => kept.get(id)?.length ?? 0)
  const unplaced: string[] = []
  for (const { eligible, units: layer } of layersOf(workers, units)) {
    if (eligible.length === 0) unplaced.push(...layer.map(({ id }) => id))
    else placeLayer(eligible, layer, { claims, loads, targets, workers })
  }
  return { ...given(members, targets, claims, kept), unplaced: unplaced.sort() }
}

interface Placing {
  /** By unit: who says that it has it, in order of ids. */
  readonly claims: ReadonlyMap<string, readonly string[]>
  readonly workers: readonly AssignableMember[]
  /** Units that each worker has got so far. */
  readonly loads: number[]
  readonly targets: Map<string, string>
}

interface Layer {
  /** Indexes of workers. */
  readonly eligible: readonly number[]
  readonly units: readonly AssignableUnit[]
}

const byId = (one: { readonly id: string }, other: { readonly id: string }): number =>
  one.id < other.id ? -1 : one.id > other.id ? 1 : 0

const claimsOf = (members: readonly AssignableMember[]): ReadonlyMap<string, readonly string[]> => {
  const claims = new Map<string, string[]>()
  for (const { has, id } of [...members].sort(byId))
    for (const unit of new Set(has)) {
      const claimants = claims.get(unit)
      if (claimants === undefined) claims.set(unit, [id])
      else claimants.push(id)
    }
  return claims
}

/** Units that the same workers may do, the most particular first: what all may do levels out what is left. */
const layersOf = (
  workers: readonly AssignableMember[],
  units: readonly AssignableUnit[]
): readonly Layer[] => {
  const unique = [...new Map(units.map((unit) => [unit.id, unit])).values()].sort(byId)
  const groups = Map.groupBy(unique, ({ needs }) => needs)
  return [...groups]
    .map(([needs, each]) => ({
      needs: needs ?? "",
      isFree: needs === undefined,
      units: each,
      eligible: [...workers.keys()].filter(
        (index) => needs === undefined || workers[index]?.traits.includes(needs) === true
      )
    }))
    .sort(
      (one, other) =>
        Number(one.isFree) - Number(other.isFree) ||
        one.eligible.length - other.eligible.length ||
        (one.needs < other.needs ? -1 : 1)
    )
}

function placeLayer(eligible: readonly number[], units: readonly AssignableUnit[], placing: Placing): void {
  const { claims, loads, targets, workers } = placing
  const chains = [...Map.groupBy(units, ({ chain }) => chain)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, each]) => each)
  const places = new Map(eligible.map((index, place) => [workers[index]?.id ?? "", place]))
  /** Place of who has a unit; the first of them, should several say so. */
  const ownerOf = ({ id }: AssignableUnit): number =>
    (claims.get(id) ?? []).map((owner) => places.get(owner)).find((place) => place !== undefined) ?? -1
  const had = chains.map((chain) => {
    const counts = eligible.map(() => 0)
    for (const unit of chain) {
      const owner = ownerOf(unit)
      if (owner >= 0) counts[owner] = (counts[owner] ?? 0) + 1
    }
    return counts
  })
  const counts = chains.map((chain) => chain.length)
  const { parts, shares } = levelShares(
    eligible.map((index) => ({ weight: workers[index]?.weight ?? 0, load: loads[index] ?? 0 })),
    units.length
  )
  for (const [index, spread] of spreadChains({ counts, had, parts, shares }).entries()) {
    const rooms = [...spread]
    const others: AssignableUnit[] = []
    const place = (unit: AssignableUnit, at: number): void => {
      const worker = eligible[at] ?? 0
      rooms[at] = (rooms[at] ?? 0) - 1
      loads[worker] = (loads[worker] ?? 0) + 1
      targets.set(unit.id, workers[worker]?.id ?? "")
    }
    for (const unit of chains[index] ?? []) {
      const owner = ownerOf(unit)
      if ((rooms[owner] ?? 0) > 0) place(unit, owner)
      else others.push(unit)
    }
    for (const unit of others)
      place(
        unit,
        rooms.findIndex((room) => room > 0)
      )
  }
}

/**
 * What brings all to one level, in the measure of their weights: shares of `count`, in `parts`-ths. Who stands above it gets nothing.
 * Whole numbers, so that no rounding of ours shows.
 */
const levelShares = (
  members: readonly { readonly weight: number; readonly load: number }[],
  count: number
): { readonly shares: readonly number[]; readonly parts: number } => {
  let below = members
  for (;;) {
    const parts = below.reduce((sum, { weight }) => sum + weight, 0)
    const total = below.reduce((sum, { load }) => sum + load, count)
    const next = below.filter(({ load, weight }) => total * weight > load * parts)
    if (next.length === below.length) {
      const chosen = new Set(below)
      return {
        parts,
        shares: members.map((member) =>
          chosen.has(member) ? total * member.weight - member.load * parts : 0
        )
      }
    }
    below = next
  }
}

function given(
  members: readonly AssignableMember[],
  targets: ReadonlyMap<string, string>,
  claims: ReadonlyMap<string, readonly string[]>,
  kept: ReadonlyMap<string, readonly string[]>
): Pick<UnitAssignment, "later" | "now"> {
  const now = new Map(members.map(({ id }) => [id, [...(kept.get(id) ?? [])]]))
  const later = new Map<string, string>()
  for (const [unit, target] of targets) {
    const [owner = target] = claims.get(unit) ?? []
    // INVARIANT: never two owners: what another says to have is given when it no longer does.
    if (owner === target) now.get(target)?.push(unit)
    else later.set(unit, target)
  }
  for (const units of now.values()) units.sort()
  return { now, later }
}
