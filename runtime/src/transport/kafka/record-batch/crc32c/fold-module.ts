/**
 * Assembles the WebAssembly module of `fold.ts` (WebAssembly Core Specification 2.0, chapter 5): one page of memory, and a function
 * `fold(at, end, shift)` that goes, in a loop, by steps of vectors from `at` on, and XORs those that stand the distances before each
 * into the vector `shift` bytes behind it.
 * `distances` and `stepWords` count vectors; `reachBytes` is the longest distance in bytes.
 */
export function foldModule(shape: {
  readonly distances: readonly number[]
  readonly stepWords: number
  readonly reachBytes: number
}): Uint8Array {
  const fold = foldCode(shape)
  return Uint8Array.from(
    [
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(typeSection, [1, functionType, 3, i32, i32, i32, 0]),
      section(functionSection, [1, 0]),
      section(memorySection, [1, 0x00, 1]),
      section(exportSection, [2, ...name("memory"), 0x02, 0, ...name("fold"), 0x00, 0]),
      section(codeSection, [1, ...unsigned(fold.length), ...fold])
    ].flat()
  )
}

const typeSection = 1
const functionSection = 3
const memorySection = 5
const exportSection = 7
const codeSection = 10

const functionType = 0x60
const i32 = 0x7f
const noType = 0x40

const loop = 0x03
const end = 0x0b
const branchIf = 0x0d
const localGet = 0x20
const localSet = 0x21
const localTee = 0x22
const i32Const = 0x41
const i32LessUnsigned = 0x49
const i32Add = 0x6a
const vectorLoad = [0xfd, 0x00]
const vectorStore = [0xfd, 0x0b]
const vectorXor = [0xfd, 0x51]
/** Places need not be multiples of a vector's size. */
const unaligned = 0

const vectorBytes = 16

// The function's locals. Offsets of loads are not negative: they count from `base`, the longest distance before `at`.
const base = 0
const endPlace = 1
const target = 2

function foldCode({
  distances,
  reachBytes,
  stepWords
}: {
  readonly distances: readonly number[]
  readonly stepWords: number
  readonly reachBytes: number
}): readonly number[] {
  const load = (from: number, offset: number) =>
    [localGet, from, ...vectorLoad, unaligned].concat(unsigned(offset))
  const words = Array.from({ length: stepWords }, (_, index) => reachBytes + index * vectorBytes)
  const advance = (local: number, bytes: number) => [localGet, local, i32Const, ...signed(bytes), i32Add]
  return [
    // No further locals: from here on `base` is `at - reach`, `endPlace` as far, and `target` is `base + shift`.
    [0],
    [...advance(base, -reachBytes), localSet, base],
    [...advance(endPlace, -reachBytes), localSet, endPlace],
    [localGet, base, localGet, target, i32Add, localSet, target],
    [loop, noType],
    ...words.map((place) => [
      ...[localGet, target].concat(load(target, place)),
      ...distances.flatMap((distance) => load(base, place - distance * vectorBytes).concat(vectorXor)),
      ...vectorStore.concat(unaligned, unsigned(place))
    ]),
    [...advance(target, stepWords * vectorBytes), localSet, target],
    [...advance(base, stepWords * vectorBytes), localTee, base],
    [localGet, endPlace, i32LessUnsigned, branchIf, 0],
    [end, end]
  ].flat()
}

const section = (id: number, content: readonly number[]): readonly number[] => [
  id,
  ...unsigned(content.length),
  ...content
]

const name = (text: string): readonly number[] => [
  text.length,
  ...Array.from(text, (unit) => unit.charCodeAt(0))
]

/** LEB128. */
function unsigned(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]
}

function signed(value: number): readonly number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)]
}
