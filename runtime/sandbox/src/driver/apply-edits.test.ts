import { BatchWriter, FrameFault, frameHeaderBytes } from "@millrace/sdk/record"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { editsHeadBytes, patchPlaceBits, writtenPiece } from "../guest/data/edits-layout.ts"
import { nativeModule } from "../pool/native-module.ts"
import { applyEdits } from "./apply-edits.ts"

const schemaHash = new Uint8Array(32).fill(7)

function frameOf(sizes: readonly number[]): Uint8Array {
  const writer = new BatchWriter()
  writer.begin(schemaHash, 0)
  for (const [place, size] of sizes.entries())
    writer.append({ timestamp: place, key: null }, new Uint8Array(size).fill(place + 1))
  return writer.finish()
}

interface Told {
  readonly pieces: readonly (readonly [start: number, bytes: number])[]
  readonly patches: readonly (readonly [place: number, bytes: number])[]
  readonly written: Uint8Array
  readonly patched: Uint8Array
}

const head = new Uint8Array(frameHeaderBytes).fill(0xee)

function editsOf({ patched, patches, pieces, written }: Told): Uint8Array {
  const words = [
    pieces.length,
    patches.length,
    written.length,
    patched.length,
    ...pieces.flat(),
    ...patches.map(([place, bytes]) => (bytes << patchPlaceBits) | place)
  ]
  const edits = new Uint8Array(head.length + 4 * words.length + written.length + patched.length)
  const view = new DataView(edits.buffer)
  edits.set(head)
  for (const [at, word] of words.entries()) view.setUint32(head.length + 4 * at, word >>> 0, true)
  edits.set(written, head.length + 4 * words.length)
  edits.set(patched, edits.length - patched.length)
  return edits
}

/** By the definition, byte after byte. */
function expected({ patched, patches, pieces, written }: Told, sources: readonly Uint8Array[]): Uint8Array {
  const all = sources.flatMap((source) => [...source])
  const made = [...head]
  let used = 0
  for (const [start, bytes] of pieces) {
    if (start === writtenPiece) made.push(...written.subarray(used, (used += bytes)))
    else made.push(...all.slice(start, start + bytes))
  }
  let at = 0
  for (const [place, bytes] of patches)
    for (let i = 0; i < bytes; i++) made[place + i] = patched[at++] ?? assert.fail("no such byte")
  return Uint8Array.from(made)
}

const sources = [frameOf([10, 200, 0, 7]), frameOf([]), frameOf([90])]
const bounds = sources.map((_, place) => sources.slice(0, place).reduce((sum, one) => sum + one.length, 0))

const copied = fc.tuple(fc.nat(2), fc.nat(400), fc.nat(400)).map(([source, from, size]) => {
  const { length } = sources[source]
  const start = from % length
  return [bounds[source] + start, Math.min(size, length - start)] as const
})
const told: fc.Arbitrary<Told> = fc
  .tuple(
    fc.array(fc.oneof(copied, fc.tuple(fc.constant(writtenPiece), fc.nat(40))), { maxLength: 12 }),
    fc.array(fc.tuple(fc.nat(4000), fc.nat(60)), { maxLength: 8 })
  )
  .map(([pieces, wanted]) => {
    const length = pieces.reduce((sum, [, bytes]) => sum + bytes, head.length)
    const patches = wanted.map(([at, size]) => {
      const place = at % length
      return [place, Math.min(size, length - place)] as const
    })
    const bytesOf = (list: readonly (readonly [number, number])[]) =>
      Uint8Array.from({ length: list.reduce((sum, [, bytes]) => sum + bytes, 0) }, (_, at) => at % 251)
    return {
      pieces,
      patches,
      written: bytesOf(pieces.filter(([start]) => start === writtenPiece)),
      patched: bytesOf(patches)
    }
  })

const inputs = sources.map((frame) => ({ frame }))
const most = 1 << 20

function refusal(edits: Uint8Array, mostBytes = most): string {
  try {
    applyEdits(edits, inputs, mostBytes)
  } catch (error) {
    return error instanceof FrameFault ? error.code : String(error)
  }
  return "none"
}

const inScript = () => false
/** All of a call's frames in one: for the native module, which takes no more. */
const joined = Uint8Array.from(sources.flatMap((source) => [...source]))

describe("edits of one frame", () => {
  it("make the same by the native module as without", () => {
    const native = nativeModule()?.applyEdits ?? assert.fail("no native module")
    const both = fc.tuple(told, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 3 }), fc.nat(7))
    const made = { whole: 0, refused: 0 }
    fc.assert(
      fc.property(both, ([one, changes, offset]) => {
        const edits = editsOf(one)
        for (const [at, byte] of changes) edits[at % edits.length] = byte
        const shifted = new Uint8Array(edits.length + offset)
        shifted.set(edits, offset)
        const found = outcome(() =>
          applyEdits(shifted.subarray(offset), [{ frame: joined }], most, (frame, given, source) => {
            const isMade = native(frame, given, source)
            made[isMade ? "whole" : "refused"] += 1
            return isMade
          })
        )
        assert.deepStrictEqual(
          found,
          outcome(() => applyEdits(edits, [{ frame: joined }], most, inScript))
        )
      }),
      { numRuns: 1_000 }
    )
    assert.isAbove(made.whole, 100)
    assert.isAbove(made.refused, 10)
  })

  it("are taken by the native module as byte arrays alone, and never written beyond them", () => {
    const native = nativeModule()?.applyEdits ?? assert.fail("no native module")
    const edits = editsOf({
      pieces: [[0, 8]],
      patches: [],
      written: new Uint8Array(0),
      patched: new Uint8Array(0)
    })
    const room = new Uint8Array(head.length + 64)
    for (let length = 0; length <= head.length + 16; length++) {
      room.fill(0x55)
      const isMade = native(room.subarray(16, 16 + length), edits, joined)
      assert.strictEqual(isMade, length === head.length + 8, `${length}`)
      assert.isTrue(room.subarray(0, 16).every((byte) => byte === 0x55))
      assert.isTrue(room.subarray(16 + length).every((byte) => byte === 0x55))
    }
    for (const wrong of [undefined, {}, "bytes", new Uint16Array(8), new ArrayBuffer(8)])
      assert.throws(() => Reflect.apply(native, undefined, [wrong, edits, joined]), "byte arrays")
  })
})

/** What there is to compare: the frame, or why not. */
function outcome(make: () => Uint8Array): Uint8Array | string {
  try {
    return make()
  } catch (error) {
    return error instanceof FrameFault ? `${error.code} ${error.message}` : String(error)
  }
}

describe("edits", () => {
  it("make the frame that they tell, of pieces of what was given and of what was written", () => {
    fc.assert(
      fc.property(told, fc.nat(7), (one, offset) => {
        const edits = editsOf(one)
        const shifted = new Uint8Array(edits.length + offset)
        shifted.set(edits, offset)
        assert.deepStrictEqual(applyEdits(shifted.subarray(offset), inputs, most), expected(one, sources))
      })
    )
  })

  it("are refused where they tell of what there is not", () => {
    const whole: Told = { pieces: [], patches: [], written: new Uint8Array(0), patched: new Uint8Array(0) }
    const all = sources.reduce((sum, { length }) => sum + length, 0)
    const cases: readonly (readonly [Uint8Array, string])[] = [
      [editsOf(whole), "none"],
      [editsOf(whole).subarray(0, editsHeadBytes - 1), "BAD_LENGTH"],
      [Uint8Array.of(...editsOf(whole), 0), "BAD_LENGTH"],
      // Beyond its frame, though within the next one.
      [editsOf({ ...whole, pieces: [[sources[0].length - 1, 2]] }), "BAD_LENGTH"],
      [editsOf({ ...whole, pieces: [[all, 1]] }), "BAD_LENGTH"],
      [editsOf({ ...whole, pieces: [[all, 0]] }), "BAD_LENGTH"],
      [editsOf({ ...whole, pieces: [[0, 0xffff_ffff]] }), "BAD_LENGTH"],
      [editsOf({ ...whole, pieces: [[writtenPiece, 1]] }), "BAD_LENGTH"],
      [editsOf({ ...whole, pieces: [[writtenPiece, 0xffff_ffff]] }), "BAD_LENGTH"],
      [editsOf({ ...whole, written: new Uint8Array(1) }), "BAD_LENGTH"],
      [editsOf({ ...whole, patched: new Uint8Array(1) }), "BAD_LENGTH"],
      [editsOf({ ...whole, patches: [[0, 1]] }), "BAD_LENGTH"],
      [editsOf({ ...whole, patches: [[head.length, 1]], patched: new Uint8Array(1) }), "BAD_LENGTH"],
      [editsOf({ ...whole, patches: [[0x7f_ffff, 511]], patched: new Uint8Array(511) }), "BAD_LENGTH"]
    ]
    for (const [edits, code] of cases) assert.strictEqual(refusal(edits), code)
  })

  it("make no more than they may, however often they take the same bytes", () => {
    const often: Told = {
      pieces: Array.from({ length: 5000 }, () => [0, sources[0].length] as const),
      patches: [],
      written: new Uint8Array(0),
      patched: new Uint8Array(0)
    }
    assert.strictEqual(refusal(editsOf(often)), "TOO_LARGE")
    assert.strictEqual(refusal(editsOf(often), Infinity), "none")
    const more = { ...often, pieces: [...often.pieces, ...often.pieces, ...often.pieces, ...often.pieces] }
    const largest = { ...often, pieces: Array.from({ length: 8 }, () => more.pieces).flat() }
    assert.strictEqual(refusal(editsOf(largest), Infinity), "TOO_LARGE")
  })

  it("of any bytes are refused as a frame is, or make what their pieces have", () => {
    const spoilt = fc.tuple(
      told,
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 3 })
    )
    fc.assert(
      fc.property(spoilt, ([one, changes]) => {
        const edits = editsOf(one)
        for (const [at, byte] of changes) edits[at % edits.length] = byte
        assert.include(["none", "BAD_LENGTH", "TOO_LARGE"], refusal(edits))
      }),
      { numRuns: 500 }
    )
  })
})
