/** A set of code points as sorted ranges that neither touch nor overlap: first and last of each in turn. */
export type CodePoints = readonly number[]

const last = 0x10ffff

export function ranges(...list: readonly (readonly [first: number, last: number])[]): CodePoints {
  const sorted = list.toSorted((left, right) => left[0] - right[0])
  const merged: number[] = []
  for (const [first, end] of sorted) {
    const previous = merged.at(-1)
    if (previous !== undefined && first <= previous + 1) merged[merged.length - 1] = Math.max(previous, end)
    else merged.push(first, end)
  }
  return merged
}

export function union(...sets: readonly CodePoints[]): CodePoints {
  return ranges(...sets.flatMap(pairs))
}

export function complement(set: CodePoints): CodePoints {
  const result: number[] = []
  let from = 0
  for (const [first, end] of pairs(set)) {
    if (first > from) result.push(from, first - 1)
    from = end + 1
  }
  if (from <= last) result.push(from, last)
  return result
}

/** The set with the other case of each of its letters; of ranges wider than 4,096 only ASCII's. */
export function ignoringCase(set: CodePoints): CodePoints {
  const more: (readonly [number, number])[] = []
  for (const [first, end] of pairs(set)) {
    const wide = end - first > 4_096
    for (let point = first; point <= (wide ? Math.min(end, 127) : end); point++) {
      const character = String.fromCodePoint(point)
      for (const other of [character.toLowerCase(), character.toUpperCase()]) {
        const code = other.codePointAt(0)
        if (code !== undefined && String.fromCodePoint(code) === other) more.push([code, code])
      }
    }
  }
  return union(set, ranges(...more))
}

export function pairs(set: CodePoints): readonly (readonly [number, number])[] {
  return Array.from({ length: set.length / 2 }, (_, index) => [set[2 * index]!, set[2 * index + 1]!] as const)
}

const range = (text: string): readonly [number, number] => [text.charCodeAt(0), text.charCodeAt(1)]

export const digits = ranges(range("09"))
export const letters = ranges(range("az"), range("AZ"))
export const wordPoints = ranges(range("az"), range("AZ"), range("09"), [95, 95])
export const spaces = ranges(
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029]
)
export const lineEnds = ranges([10, 10], [13, 13], [0x2028, 0x2029])
export const anything = ranges([0, last])
