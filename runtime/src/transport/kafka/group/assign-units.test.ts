import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { assignUnits } from "./assign-units.ts"
import type { AssignableMember, AssignableUnit, UnitAssignment } from "./assign-units.ts"

const member = (id: string, has: readonly string[] = [], more: Partial<AssignableMember> = {}) => ({
  id,
  has,
  traits: [],
  weight: 1,
  ...more
})

const chainOf = (chain: string, count: number, needs?: string): readonly AssignableUnit[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${chain}/${index}`,
    chain,
    ...(needs === undefined ? {} : { needs })
  }))

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `m${index}`)

const chains = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
  .map((counts) => counts.flatMap((count, index) => chainOf(`c${index}`, count)))

/** Members that have units at random, each unit at most one of them. */
const groups = fc
  .record({
    units: chains,
    count: fc.integer({ min: 1, max: 6 }),
    seeds: fc.array(fc.nat(), { minLength: 60, maxLength: 60 })
  })
  .map(({ count, seeds, units }) => ({
    units,
    members: names(count).map((id, index) =>
      member(
        id,
        units.filter((_, place) => (seeds[place] ?? 0) % (count + 1) === index).map((unit) => unit.id)
      )
    )
  }))

const targetsOf = ({ later, now }: UnitAssignment): ReadonlyMap<string, string> =>
  new Map([...[...now].flatMap(([id, units]) => units.map((unit) => [unit, id] as const)), ...later])

/** Units of each member, by what `of` says of a unit. */
const countsOf = (
  targets: ReadonlyMap<string, string>,
  members: readonly AssignableMember[],
  units: readonly AssignableUnit[]
) => members.map(({ id }) => units.filter((unit) => targets.get(unit.id) === id).length)

const spreadOf = (counts: readonly number[]): number => Math.max(...counts) - Math.min(...counts)

/** Members after they have done what the assignment says. */
const settled = (members: readonly AssignableMember[], { now }: UnitAssignment) =>
  members.map((each) => ({ ...each, has: now.get(each.id) ?? [] }))

const givenUp = (members: readonly AssignableMember[], { now }: UnitAssignment): number =>
  members
    .map(({ has, id }) => has.filter((unit) => now.get(id)?.includes(unit) !== true).length)
    .reduce((sum, count) => sum + count, 0)

/** Rounds until nothing changes; fails when a unit has two owners on the way. */
const rounds = (members: readonly AssignableMember[], units: readonly AssignableUnit[]) => {
  let current = members
  for (let round = 1; ; round += 1) {
    const assignment = assignUnits(current, units)
    const owners = [...assignment.now.values()].flat()
    assert.strictEqual(new Set(owners).size, owners.length)
    const given = new Map([...assignment.now].flatMap(([id, each]) => each.map((unit) => [unit, id])))
    const taken = current.flatMap(({ has, id }) => has.filter((unit) => (given.get(unit) ?? id) !== id))
    assert.deepStrictEqual(taken, [])
    const next = settled(current, assignment)
    if (JSON.stringify(next) === JSON.stringify(current)) return { round, members: current }
    assert.isBelow(round, 4)
    current = next
  }
}

describe("an assignment of units", () => {
  it("gives each member as many as the others, of each chain too, and says the same however it is asked", () => {
    fc.assert(
      fc.property(groups, fc.nat(), ({ members, units }, turn) => {
        const assignment = assignUnits(members, units)
        const targets = targetsOf(assignment)
        assert.strictEqual(targets.size, units.length)
        assert.isAtMost(spreadOf(countsOf(targets, members, units)), 1)
        for (const chain of Map.groupBy(units, (unit) => unit.chain).values())
          assert.isAtMost(spreadOf(countsOf(targets, members, chain)), 1)
        const turned = <A>(values: readonly A[]): readonly A[] => {
          const at = turn % values.length
          return [...values.slice(at), ...values.slice(0, at)].reverse()
        }
        const again = assignUnits(
          turned(members).map((each) => ({ ...each, has: each.has.toReversed() })),
          turned(units)
        )
        assert.deepStrictEqual(targetsOf(again), targets)
      }),
      { numRuns: 100 }
    )
  })

  it("takes as few units as can be from who has them", () => {
    /** The fewest of all ways that are balanced, by trying each. */
    const fewest = (members: readonly AssignableMember[], units: readonly AssignableUnit[]): number => {
      let best = Infinity
      const targets = new Map<string, string>()
      const byChain = [...Map.groupBy(units, (unit) => unit.chain).values()]
      const total = Math.ceil(units.length / members.length)
      const walk = (place: number, moved: number): void => {
        if (moved >= best) return
        const unit = units[place]
        if (unit === undefined) {
          const isFair = [units, ...byChain].every((each) => spreadOf(countsOf(targets, members, each)) <= 1)
          if (isFair) best = moved
          return
        }
        const owner = members.find(({ has }) => has.includes(unit.id))
        for (const { id } of members) {
          if ([...targets.values()].filter((target) => target === id).length >= total) continue
          targets.set(unit.id, id)
          walk(place + 1, moved + (owner === undefined || owner.id === id ? 0 : 1))
          targets.delete(unit.id)
        }
      }
      walk(0, 0)
      return best
    }
    const small = groups.filter(({ members, units }) => units.length <= 8 && members.length <= 3)
    fc.assert(
      fc.property(small, ({ members, units }) => {
        assert.strictEqual(givenUp(members, assignUnits(members, units)), fewest(members, units))
      }),
      { numRuns: 60 }
    )
  })

  it("never gives what another has, and comes to rest two rounds after the last change", () => {
    fc.assert(
      fc.property(groups, ({ members, units }) => {
        const end = rounds(members, units)
        assert.isAtMost(end.round, 3)
        assert.sameMembers(
          end.members.flatMap(({ has }) => has),
          units.map(({ id }) => id)
        )
      }),
      { numRuns: 100 }
    )
  })

  it("moves no more than a newcomer's part to it, and of those that stay nothing when one leaves", () => {
    fc.assert(
      fc.property(groups, ({ members, units }) => {
        const before = rounds(members, units).members
        const joined = [...before, member("new")]
        assert.isAtMost(
          givenUp(joined, assignUnits(joined, units)),
          Math.ceil(units.length / before.length) + chainsIn(units)
        )
        const [, ...left] = before
        if (left.length > 0) assert.isAtMost(givenUp(left, assignUnits(left, units)), chainsIn(units))
        assert.strictEqual(givenUp(before, assignUnits(before, units)), 0)
      }),
      { numRuns: 60 }
    )
  })

  it("goes by weights", () => {
    const units = chainOf("c", 40)
    const members = [member("a"), member("b", [], { weight: 3 }), member("c", [], { weight: 6 })]
    assert.deepStrictEqual(countsOf(targetsOf(assignUnits(members, units)), members, units), [4, 12, 24])
  })

  it("leaves nothing with who has next to no weight, and gives the nearest whole number to all", () => {
    fc.assert(
      fc.property(
        groups,
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 6, maxLength: 6 }),
        (group, weights) => {
          const { units } = group
          const weighed = group.members.map((each, index) => ({
            ...each,
            weight: (weights[index] ?? 1) * 100
          }))
          const members = [member("next to none", units.map(({ id }) => id).slice(0, 3)), ...weighed]
          const targets = targetsOf(assignUnits(members, units))
          const [none, ...counts] = countsOf(targets, members, units)
          assert.strictEqual(none, 0)
          const total = weighed.reduce((sum, { weight }) => sum + weight, 1)
          for (const [index, count] of counts.entries())
            assert.isBelow(Math.abs(count - (units.length * (weighed[index]?.weight ?? 0)) / total), 1)
        }
      ),
      { numRuns: 100 }
    )
    const units = [...chainOf("beats", 1), ...chainOf("body", 1)]
    const members = [member("platform", ["beats/0", "body/0"]), member("worker", [], { weight: 1_000 })]
    assert.deepStrictEqual(countsOf(targetsOf(assignUnits(members, units)), members, units), [0, 2])
  })

  it("gives what needs a trait to who has it, levels out with the rest, and tells what nobody may do", () => {
    const units = [...chainOf("posted", 4, "ingest"), ...chainOf("lost", 2, "gpu"), ...chainOf("free", 8)]
    const members = [member("a", [], { traits: ["ingest"] }), member("b"), member("c")]
    const { now, unplaced } = assignUnits(members, units)
    assert.deepStrictEqual(unplaced, ["lost/0", "lost/1"])
    assert.deepStrictEqual(
      [...now.values()].map((each) => each.length),
      [4, 4, 4]
    )
    assert.sameMembers(
      (now.get("a") ?? []).filter((unit) => unit.startsWith("posted")),
      ["posted/0", "posted/1", "posted/2", "posted/3"]
    )
  })

  it("gives nothing to a member that is on its way out, and waits for what it has", () => {
    const units = chainOf("c", 4)
    const members = [member("a", ["c/0", "c/1"], { weight: 0 }), member("b", ["c/2", "c/3"])]
    const { later, now } = assignUnits(members, units)
    assert.deepStrictEqual(now.get("a"), [])
    assert.deepStrictEqual(now.get("b"), ["c/2", "c/3"])
    assert.deepStrictEqual(
      [...later],
      [
        ["c/0", "b"],
        ["c/1", "b"]
      ]
    )
  })

  it("lets one of two have what both say to have", () => {
    const units = chainOf("c", 1)
    const members = [member("b", ["c/0"]), member("a", ["c/0"])]
    const { now } = assignUnits(members, units)
    assert.deepStrictEqual([now.get("a"), now.get("b")], [["c/0"], []])
    assert.deepStrictEqual(
      rounds(settled(members, { now, later: new Map(), unplaced: [] }), units).members.flatMap(
        ({ has }) => has
      ),
      ["c/0"]
    )
  })

  it("leaves what it does not know where it is, and gives who has it less of the rest", () => {
    const kept = new Map([["a", ["old/0", "old/1"]]])
    const { now } = assignUnits([member("a", ["old/0", "old/1"]), member("b")], chainOf("c", 4), kept)
    assert.deepStrictEqual(now.get("a")?.length, 3)
    assert.deepStrictEqual(now.get("b")?.length, 3)
    assert.includeMembers([...(now.get("a") ?? [])], ["old/0", "old/1"])
  })

  it("is made in a fraction of a second for thousands of units", () => {
    const units = Array.from({ length: 1_000 }, (_, index) => chainOf(`c${index}`, 8)).flat()
    const first = rounds(
      names(20).map((id) => member(id)),
      units
    ).members
    const began = process.cpuUsage()
    const next = [...first.slice(1), member("new")]
    const assignment = assignUnits(next, units)
    assert.isBelow(process.cpuUsage(began).user, 2_000_000)
    assert.strictEqual(targetsOf(assignment).size, units.length)
  })
})

const chainsIn = (units: readonly AssignableUnit[]): number => new Set(units.map(({ chain }) => chain)).size
