import { deflateRawSync } from "node:zlib"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { readAssignment, readMetadata, writeAssignment, writeMetadata } from "./member-format.ts"
import type { MemberMetadata } from "./member-format.ts"

const said: MemberMetadata = {
  label: "host-1",
  traits: ["ingest:host-1"],
  weight: 2,
  takesWork: true,
  units: ["films/count/0", "films/count/1"]
}

const packed = (value: unknown, version = 1): Uint8Array =>
  Buffer.concat([Uint8Array.of(version), deflateRawSync(JSON.stringify(value))])

describe("what members of a group tell each other", () => {
  it("is a byte 1 and deflated JSON, which another release reads", () => {
    assert.deepStrictEqual(
      writeMetadata(said),
      packed({
        label: "host-1",
        traits: ["ingest:host-1"],
        weight: 2,
        takesWork: true,
        units: ["films/count/0", "films/count/1"]
      })
    )
    assert.deepStrictEqual(readMetadata(packed({ ...said, laterField: 1 })), said)
    assert.deepStrictEqual(writeAssignment(["a"]), packed({ units: ["a"] }))
  })

  it("comes back as it was", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", maxLength: 40 })),
        fc.boolean(),
        (units, takesWork) => {
          assert.deepStrictEqual(readMetadata(writeMetadata({ ...said, units, takesWork })), {
            ...said,
            units,
            takesWork
          })
          assert.deepStrictEqual(readAssignment(writeAssignment(units)), units)
        }
      ),
      { numRuns: 50 }
    )
  })

  it("of ten thousand units fits well into what Kafka keeps of a group", () => {
    const units = Array.from(
      { length: 10_000 },
      (_, index) => `pipeline-${index >> 6}/some-node-${index >> 3}/${index & 7}`
    )
    assert.isBelow(writeAssignment(units).length, 100_000)
  })

  it("is nothing where it is of another version, cut off, too large or no such thing", () => {
    const whole = writeMetadata(said)
    const bombs = [
      new Uint8Array(0),
      packed(said, 2),
      Uint8Array.of(1, 255, 255, 255),
      packed("text"),
      packed({ ...said, weight: 0 }),
      packed({ ...said, weight: 1.5 }),
      packed({ ...said, weight: 100_000 }),
      packed({ ...said, units: "all" }),
      packed({ ...said, units: [1] }),
      packed({ ...said, units: ["x".repeat(3_000)] }),
      packed({ ...said, units: Array.from({ length: 200_001 }, () => "") }),
      packed({ ...said, label: "x".repeat(9 * 1024 * 1024) }),
      Buffer.concat([Uint8Array.of(1), deflateRawSync("[".repeat(1_000_000))]),
      ...Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length))
    ]
    for (const bytes of bombs) assert.isUndefined(readMetadata(bytes))
    for (const bytes of bombs.slice(0, 4)) assert.isUndefined(readAssignment(bytes))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readMetadata(bytes)
        readAssignment(Buffer.concat([Uint8Array.of(1), bytes]))
      }),
      { numRuns: 300 }
    )
  })
})
