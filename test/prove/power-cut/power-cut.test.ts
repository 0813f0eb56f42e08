import { assert, describe, it } from "vitest"
import { missingTools } from "../../tools.ts"
import type { JournalEntry } from "./journal.ts"
import { chooseCuts, proveImages } from "./prove-images.ts"
import type { Cut } from "./prove-images.ts"
import { isStaggered } from "./deed.ts"
import { acknowledgementsName, recordJournal } from "./record-journal.ts"
import type { Recorded } from "./record-journal.ts"

// `npm test` names the compiler as missing; CI refuses to do without.
const hasCompiler = !missingTools().some(({ name }) => name === "a C compiler")
/** With them the second stream of its kind was filled and deleted: its frames lie in files of the first. */
const commits = 85

const recordings = new Map<string, readonly JournalEntry[]>()

/** Each is made once: a test may leave out of it what it likes. */
const recorded = (durability: Recorded = "fsync"): readonly JournalEntry[] => {
  const entries = recordings.get(durability) ?? recordJournal(commits, durability)
  recordings.set(durability, entries)
  return entries
}

async function faultsOf(entries: readonly JournalEntry[], cuts: readonly Cut[]): Promise<readonly string[]> {
  const faults: string[] = []
  for await (const judged of proveImages(entries, cuts))
    faults.push(...judged.faults.map((fault) => `entry ${judged.cut.entry}, ${judged.cut.fate}: ${fault}`))
  return faults
}

const isJournal = ({ name }: JournalEntry): boolean => name.startsWith("log/JOURNAL-")

/** How often the log's journal was written. */
const writesOf = (entries: readonly JournalEntry[]): number =>
  entries.filter((entry) => isJournal(entry) && entry.is === "write").length

/** Second and third commits of a row whose largest frame was written before the first, written by itself, was acknowledged. */
const writtenAhead = (entries: readonly JournalEntry[]): number => {
  let [written, ahead] = ["", 0]
  for (const entry of entries) {
    if (entry.is !== "write") continue
    const text = entry.bytes.toString("latin1")
    if (entry.name.startsWith("log/FRAMES-")) written = /(\d):(\d+):0:p{40000}/.exec(text)?.[0] ?? written
    if (entry.name !== acknowledgementsName) continue
    const [task, n] = text.trim().split(" ")
    const [ownTask, ownNumber] = written.split(":")
    if (isStaggered(Number(n)) && n === ownNumber && task === "0" && ownTask !== "0") ahead += 1
    written = ""
  }
  return ahead
}

const isMark = ({ name }: JournalEntry): boolean => name === "log/FORMAT"

describe.skipIf(!hasCompiler)("power cuts of the embedded log", () => {
  it("leave every acknowledged commit, and each whole", async () => {
    const entries = recorded()
    assert.isNotEmpty(entries.filter(({ is, name }) => is === "rename" && name.startsWith("log/FRAMES-")))
    assert.isAtLeast(writtenAhead(entries), 1)
    assert.deepStrictEqual(await faultsOf(entries, chooseCuts(entries, 4, 7)), [])
  })

  it("leave a whole prefix of the commits, with all that was flushed, where the log flushes later", async () => {
    const entries = recorded("async")
    assert.deepStrictEqual(await faultsOf(entries, chooseCuts(entries, 4, 11)), [])
    assert.isBelow(writesOf(entries), writesOf(recorded()) / 3)
  })

  it("leave what was flushed for each task, where one task's commits are flushed later than others'", async () => {
    const entries = recorded("mixed")
    assert.deepStrictEqual(await faultsOf(entries, chooseCuts(entries, 3, 5)), [])
  })

  it("are caught when a log that flushes later forgets its last flush", async () => {
    const entries = recorded("async").filter(({ name }) => name !== "log/FLUSHED")
    assert.isAtLeast((await faultsOf(entries, chooseCuts(entries, 6, 11))).length, 1)
  })

  it("are caught when the journal is not written through", async () => {
    const entries = recorded()
    const unsynced = entries
      .filter((entry) => entry.is !== "sync" || isMark(entry) || !entry.name.endsWith("data.mdb"))
      .map((entry) => (entry.is === "write" ? { ...entry, isSynced: false } : entry))
    const cuts = [0.5, 0.9].map((place) => ({
      entry: Math.floor(entries.length * place),
      fate: "dropped" as const,
      seed: 1
    }))
    assert.isAtLeast((await faultsOf(unsynced, cuts)).length, cuts.length)
  })

  it("are caught when frame files are not flushed", async () => {
    const entries = recorded().filter(({ is, name }) => is !== "sync" || !name.startsWith("log/FRAMES-"))
    const cuts = [0.5, 0.9].map((place) => ({
      entry: Math.floor(entries.length * place),
      fate: "dropped" as const,
      seed: 1
    }))
    assert.isAtLeast((await faultsOf(entries, cuts)).length, cuts.length)
  })

  it("are caught when the folder's own name is not durable", async () => {
    const entries = recordJournal(5)
    const nameless = entries.filter((entry) => entry.is !== "sync" || entry.name !== ".")
    const cut = { entry: entries.length, fate: "dropped", seed: 1 } as const
    assert.match((await faultsOf(nameless, [cut])).join(), /acknowledged/)
  })

  it("are caught when what the journal had is lost", async () => {
    const entries = recorded().filter((entry) => !isJournal(entry) || entry.is !== "write")
    const cuts = [0.5, 0.9].map((place) => ({
      entry: Math.floor(entries.length * place),
      fate: "dropped" as const,
      seed: 1
    }))
    assert.isAtLeast((await faultsOf(entries, cuts)).length, 1)
  })

  it("are caught when a page that was flushed is lost", async () => {
    const entries = recorded()
    const pages = entries.filter((entry) => entry.is === "write" && entry.name.endsWith("data.mdb"))
    const lost = pages.slice(-160, -8)
    const cut = { entry: entries.length, fate: "kept", seed: 1 } as const
    const damaged = entries.map((entry) =>
      lost.includes(entry) ? ({ is: "sync", name: "." } as const) : entry
    )
    assert.isAtLeast((await faultsOf(damaged, [cut])).length, 1)
  })
})
