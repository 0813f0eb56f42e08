import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { flushedName, forgetUnflushed, settleUnflushed } from "../flush/flushed-pages.ts"
import type { Durability } from "../../transport.ts"
import { flushInBackground, type Flusher } from "../flush/flusher.ts"
import { openStore, type Store } from "../store.ts"
import { sealValue } from "../value.ts"
import { journalNames } from "./journal.ts"
import { replayJournal } from "./replay.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-journal-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const withFlusher = async (
  use: (store: Store, flusher: Flusher) => Promise<void>,
  durability: Durability = "fsync"
): Promise<void> => {
  const store = openStore(folder, { readOnly: false })
  put(store, "before")
  try {
    const program = Effect.flatMap(flushInBackground(folder, store, durability), (flusher) =>
      Effect.promise(() => use(store, flusher))
    )
    await Effect.runPromise(Effect.scoped(program))
  } finally {
    await store.close()
  }
}

const set = (store: Store, name: string): void =>
  store.meta.put(Buffer.from(name), sealValue(Buffer.from("value")))
const put = (store: Store, name: string): void => store.write(() => set(store, name))
const durable = (flusher: Flusher): Promise<void> => Effect.runPromise(flusher.flushed)

const namesIn = (store: Store): readonly string[] => store.read(() => [...store.meta.keys({})].map(String))

/** What a copy of the folder has that goes back to the last flush, and how many records of the journal it takes for that; twice. */
const afterPowerCut = async (): Promise<{ readonly names: readonly string[]; readonly replayed: number }> => {
  const copy = mkdtempSync(join(tmpdir(), "millrace-journal-cut-"))
  const replay = async (): Promise<number> => {
    const settled = settleUnflushed(copy)
    if (settled.is !== "went back" || settled.replay === undefined) throw new Error(settled.is)
    const store = openStore(copy, { readOnly: false })
    const replayed = replayJournal(copy, store, settled.replay)
    await store.close()
    return replayed
  }
  try {
    copyFileSync(join(folder, "data.mdb"), join(copy, "data.mdb"))
    for (const name of [flushedName, ...journalNames]) {
      if (isFull && name !== flushedName) writeFileSync(join(copy, name), "")
      else copyFileSync(join(folder, name), join(copy, name))
    }
    const replayed = await replay()
    // Cut short before `FLUSHED` said otherwise.
    assert.strictEqual(await replay(), replayed)
    forgetUnflushed(copy)
    assert.strictEqual(settleUnflushed(copy).is, "nothing")
    const store = openStore(copy, { readOnly: true })
    const names = namesIn(store)
    await store.close()
    return { names, replayed }
  } finally {
    rmSync(copy, { recursive: true })
  }
}

let isFull = false
afterEach(() => {
  isFull = false
})
/** Both files of the journal lead to a device that is always full. */
const fillDisk = (): void => {
  isFull = true
  for (const name of journalNames) symlinkSync("/dev/full", join(folder, name))
}

describe("the journal", () => {
  it("brings back what was acknowledged, and of a transaction all or nothing", () =>
    withFlusher(async (store, flusher) => {
      put(store, "a")
      store.commit(() => set(store, "b"))
      store.commit(() => {
        set(store, "c")
        store.meta.remove(Buffer.from("a"))
        flusher.hasten()
      })
      await durable(flusher)
      assert.deepStrictEqual(await afterPowerCut(), { names: ["b", "before", "c"], replayed: 3 })
    }))

  it("has nothing of what is not kept, even where it was on its way", () =>
    withFlusher(async (store, flusher) => {
      put(store, "a")
      for (const isEarly of [false, true])
        assert.throws(
          () =>
            store.commit(() => {
              set(store, "never")
              if (isEarly) flusher.hasten()
              throw new Error("not kept")
            }),
          "not kept"
        )
      assert.deepStrictEqual((await afterPowerCut()).names, ["a", "before"])
      put(store, "b")
      assert.deepStrictEqual((await afterPowerCut()).names, ["a", "b", "before"])
    }))

  it("is written later where commits are not waited for, and in the order of commits", () =>
    withFlusher(async (store, flusher) => {
      for (let n = 0; n < 100; n++) store.commit(() => set(store, `n${n}`))
      const { names, replayed } = await afterPowerCut()
      assert.strictEqual(names.length, 1 + replayed)
      await durable(flusher)
      assert.strictEqual((await afterPowerCut()).names.length, 101)
    }, "async"))

  it(
    "goes on in the other file when data.mdb is flushed, and is short from then on",
    () =>
      withFlusher(async (store, flusher) => {
        let written = 0
        const seen: number[] = []
        while (seen.filter((replayed) => replayed < written / 2).length < 3) {
          put(store, `n${written++}`)
          await durable(flusher)
          if (written % 50 > 0) continue
          const { names, replayed } = await afterPowerCut()
          assert.strictEqual(names.length, 1 + written)
          seen.push(replayed)
        }
      }),
    120_000
  )

  it("gives way to a flush of data.mdb where it cannot be written", () => {
    fillDisk()
    return withFlusher(async (store, flusher) => {
      put(store, "a")
      assert.deepStrictEqual((await afterPowerCut()).names, ["a", "before"])
      store.commit(() => {
        set(store, "b")
        flusher.hasten()
      })
      await durable(flusher)
      assert.deepStrictEqual(await afterPowerCut(), { names: ["a", "b", "before"], replayed: 0 })
    })
  })

  it("is missed where it is not there", () =>
    withFlusher(async (store) => {
      put(store, "a")
      rmSync(join(folder, journalNames[0]))
      const copied = async (): Promise<void> => {
        const copy = mkdtempSync(join(tmpdir(), "millrace-journal-cut-"))
        try {
          for (const name of ["data.mdb", flushedName]) copyFileSync(join(folder, name), join(copy, name))
          const settled = settleUnflushed(copy)
          const other = openStore(copy, { readOnly: false })
          try {
            if (settled.is === "went back" && settled.replay !== undefined)
              replayJournal(copy, other, settled.replay)
          } finally {
            await other.close()
          }
        } finally {
          rmSync(copy, { recursive: true })
        }
      }
      const refused = await copied().then(
        () => undefined,
        (error: unknown) => error
      )
      assert.match(String(refused), /journal/)
    }))

  it("costs a log nothing that writes nothing", async () => {
    await withFlusher(async () => {})
    assert.isFalse(existsSync(join(folder, flushedName)))
  })
})
