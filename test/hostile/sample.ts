import type { HostileCase } from "./hostile-case.ts"

/** The same `count` cases for the same seed, in their order (Fisher and Yates' shuffle over xorshift32). */
export function sampleOf(cases: readonly HostileCase[], count: number, seed: number): readonly HostileCase[] {
  const places = cases.map((_, place) => place)
  let state = Math.imul(seed, 0x9e3779b1) | 1
  const below = (limit: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
  for (let i = places.length - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[places[i], places[j]] = [places[j] ?? 0, places[i] ?? 0]
  }
  const chosen = new Set(places.slice(0, count))
  return cases.filter((_, place) => chosen.has(place))
}
