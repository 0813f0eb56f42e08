import { assert, describe, it } from "vitest"
import { murmur2, partitionOf, partitionOfSpan } from "./murmur2.ts"

const bytes = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0))

describe("murmur2", () => {
  // Apache Kafka, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java, testMurmur2.
  const published: readonly (readonly [string, number])[] = [
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107]
  ]
  for (const [text, hash] of published) {
    it(`gives Kafka's ${hash} for "${text}"`, () => {
      assert.strictEqual(murmur2(bytes(text)), hash)
    })
  }

  it("takes the hash without its sign, modulo the partitions", () => {
    for (const [text, hash] of published) {
      assert.strictEqual(partitionOf(bytes(text), 8), (hash & 0x7fffffff) % 8)
    }
  })

  it("gives a key within other bytes the partition that it has alone", () => {
    for (const [text, hash] of published) {
      const [before, after] = [bytes("before"), bytes("after")]
      const all = Uint8Array.from([...before, ...bytes(text), ...after])
      const end = before.length + text.length
      assert.strictEqual(partitionOfSpan(all, before.length, end, 8), (hash & 0x7fffffff) % 8)
    }
    assert.strictEqual(partitionOfSpan(bytes("any"), -1, -1, 8), partitionOf(null, 8))
  })

  it("puts a null key where an empty one goes", () => {
    for (const partitions of [1, 3, 8, 1000]) {
      assert.strictEqual(partitionOf(null, partitions), partitionOf(new Uint8Array(0), partitions))
      assert.isBelow(partitionOf(null, partitions), partitions)
    }
  })
})
