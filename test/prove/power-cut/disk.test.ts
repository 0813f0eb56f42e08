import { assert, describe, it } from "vitest"
import { Disk } from "./disk.ts"
import type { Fate } from "./disk.ts"
import type { JournalEntry } from "./journal.ts"

const block = 4096

function write(offset: number, text: string, length: number, isSynced = false): JournalEntry {
  return { is: "write", name: "log/data", offset, bytes: Buffer.alloc(length, text), isSynced }
}

const made: readonly JournalEntry[] = [
  { is: "makeFolder", name: "log" },
  { is: "sync", name: "." },
  { is: "make", name: "log/data" },
  { is: "sync", name: "log" }
]

const remove = { is: "remove", name: "log/data" } as const

function after(
  entries: readonly JournalEntry[],
  fate: Fate,
  draws: readonly number[] = []
): Buffer | undefined {
  const disk = new Disk()
  for (const entry of entries) disk.apply(entry)
  const left = [...draws]
  return disk.cut(fate, () => left.shift() ?? 0.9, undefined).get("log/data")
}

describe("Disk", () => {
  it("keeps what was synced when all else is dropped", () => {
    const image = after(
      [...made, write(0, "a", 10), { is: "sync", name: "log/data" }, write(2, "b", 4)],
      "dropped"
    )
    assert.strictEqual(image?.toString(), "aaaaaaaaaa")
  })

  it("keeps unsynced writes in their order when nothing is dropped", () => {
    const image = after([...made, write(0, "a", 4), write(2, "b", 4), write(0, "c", 1)], "kept")
    assert.strictEqual(image?.toString(), "cabbbb")
  })

  it("keeps a write that was durable by itself, and it alone", () => {
    const image = after([...made, write(0, "a", 8), write(2, "b", 2, true)], "dropped")
    assert.strictEqual(image?.toString("hex"), "00006262")
  })

  it("tears a write at whole blocks", () => {
    // The first draw is the prefix's; then one a block: only the second is kept.
    const image = after([...made, write(0, "a", 3 * block)], "mixed", [0, 0.9, 0.1, 0.9])
    assert.strictEqual(image?.length, 2 * block)
    assert.strictEqual(image?.indexOf("a"), block)
  })

  it("has a file under its name of before, with what it has now, where its folder was not synced since it got another", () => {
    const renamed: JournalEntry = { is: "rename", name: "log/old", target: "log/data" }
    const entries: readonly JournalEntry[] = [
      { is: "makeFolder", name: "log" },
      { is: "sync", name: "." },
      { is: "make", name: "log/old" },
      { is: "sync", name: "log" },
      renamed,
      write(0, "a", 4, true)
    ]
    const disk = (more: readonly JournalEntry[]) => {
      const made = new Disk()
      for (const entry of [...entries, ...more]) made.apply(entry)
      const image = made.cut("dropped", () => 0.9, undefined)
      return [...image].map(([name, bytes]) => `${name} ${bytes.toString()}`)
    }
    assert.deepStrictEqual(disk([]), ["log/old aaaa"])
    assert.deepStrictEqual(disk([{ is: "sync", name: "log" }]), ["log/data aaaa"])
    assert.deepStrictEqual(disk([{ is: "remove", name: "log/data" }]), ["log/old aaaa"])
    assert.strictEqual(after(entries, "kept")?.toString(), "aaaa")
  })

  it("loses the name of a file whose folder was not synced", () => {
    const entries: readonly JournalEntry[] = [
      ...made.slice(0, 3),
      write(0, "a", 4),
      { is: "sync", name: "log/data" }
    ]
    assert.strictEqual(after(entries, "dropped"), undefined)
    assert.strictEqual(after(entries, "kept")?.toString(), "aaaa")
  })

  it("loses a folder's files with the folder's own name", () => {
    const entries: readonly JournalEntry[] = [
      ...made.filter((_, index) => index !== 1),
      write(0, "a", 4, true)
    ]
    assert.strictEqual(after(entries, "dropped"), undefined)
  })

  it("may have a removed file back until its folder is synced", () => {
    const removed = [...made, write(0, "a", 10), { is: "sync", name: "log/data" }, remove] as const
    assert.isUndefined(after(removed, "kept"))
    assert.strictEqual(after(removed, "dropped")?.toString(), "a".repeat(10))
    assert.isUndefined(after([...removed, { is: "sync", name: "log" }], "dropped"))
  })

  it("refuses what it has no account of", () => {
    const moved = { is: "rename", name: "log/data", target: "log/other" } as const
    assert.throws(() => after([moved], "kept"), /not accounted for/)
  })
})
