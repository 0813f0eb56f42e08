import { readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { PlatformStatus, RecordPage } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Author, author, type Dev } from "./dev-program.ts"
import { until } from "../input/program.ts"

// Edits, and kills -9 of the sandbox process and of the program, while records flow: every record that was fed comes out once, in the
// order of its key, and the state has counted it once.

const total = 8_000
const kills = 4
const seed = Number(process.env["MILLRACE_SEED"] ?? 17)

let at: Author
beforeAll(() => {
  at = author()
})
afterAll(() => at.remove())

const version = (
  number: number
): string => `import { Contract, defineProcessor, Schema, valueState } from "@millrace/sdk"
class Tick extends Contract<Tick>()({
  subject: "t.ticks", key: "key", schema: Schema.Struct({ key: Schema.String, seq: Schema.Int })
}) {}
class Count extends Contract<Count>()({
  subject: "t.counts", key: "key",
  schema: Schema.Struct({ key: Schema.String, seq: Schema.Int, n: Schema.Int, version: Schema.Int })
}) {}
export const counted = defineProcessor({
  name: "counted", input: Tick, output: Count, keyBy: ["key"],
  uses: { n: valueState(Schema.Int, { initial: 0 }) },
  map: ({ key, seq }, { n }) => {
    n.set(n.get() + 1)
    return Count.make({ key, seq, n: n.get(), version: ${number} })
  }
})
`

/** A repeatable stream of numbers in [0, 1): mulberry32. */
const randomOf = (start: number) => {
  let state = start
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const start = async (): Promise<{ readonly dev: Dev; readonly url: string }> => {
  const dev = at.dev("counted.ts", "--records", "ticks.json", "--count", String(total), "--rate", "1000")
  const up = await dev.next("up")
  await dev.next("loaded")
  return { dev, url: String(up["url"]) }
}

const Value = Schema.Struct({ key: Schema.String, seq: Schema.Int, n: Schema.optionalKey(Schema.Int) })
const decodePage = Schema.decodeUnknownSync(RecordPage)
const decodeStatus = Schema.decodeUnknownSync(PlatformStatus)
const decodeValue = Schema.decodeUnknownSync(Value)

const readAll = async (url: string, stream: string) => {
  const values: (typeof Value.Type)[] = []
  const token = readFileSync(join(at.folder, ".millrace/dev/token"), "utf8").trim()
  for (let from = "0"; ;) {
    const answer = await fetch(`${url}/api/topics/${stream}/records?partition=0&from=${from}&limit=5000`, {
      headers: { authorization: `Bearer ${token}` }
    })
    const page = decodePage(await answer.json())
    values.push(
      ...page.records.filter(({ control }) => control === undefined).map(({ value }) => decodeValue(value))
    )
    const next = page.next["0"] ?? from
    if (page.records.length === 0 || next === from) return values
    from = next
  }
}

const sandboxOf = async (url: string): Promise<number | undefined> => {
  const answer = await fetch(`${url}/api/status`)
  const found = decodeStatus(await answer.json()).sandboxes
  return found.find(({ domain }) => domain.startsWith("path:"))?.pid
}

describe("edits and kills under load", () => {
  it(`lose and repeat nothing (MILLRACE_SEED=${seed})`, async () => {
    const random = randomOf(seed)
    const keys = Array.from({ length: 50 }, (_, index) => ({ key: `k${index % 7}`, seq: index }))
    at.write("ticks.json", JSON.stringify(keys))
    at.write("counted.ts", version(0))
    let { dev, url } = await start()
    for (let round = 1; round <= kills; round++) {
      at.write("counted.ts", version(round))
      // A random moment between the save and well after the swap.
      await delay(random() * 1_200)
      const pid = random() < 0.5 ? await sandboxOf(url) : undefined
      if (pid !== undefined) process.kill(pid, "SIGKILL")
      else {
        await dev.kill("SIGKILL")
        ;({ dev, url } = await start())
      }
    }
    const loaded = await dev.next("loaded")
    const { input } = JSON.parse(JSON.stringify(loaded["inputs"]))
    const { output } = JSON.parse(JSON.stringify(loaded["outputs"]))
    const given = await until(
      () => readAll(url, input),
      (records) => records.length >= total
    )
    assert.strictEqual(given.length, total)
    given.forEach(({ seq }, index) => assert.strictEqual(seq, index % 50))
    const made = await until(
      () => readAll(url, output),
      (records) => records.length >= total
    )
    assert.strictEqual(made.length, total)
    const counts = new Map<string, number>()
    for (const [index, { key, n, seq }] of made.entries()) {
      assert.deepStrictEqual(
        { key, seq },
        { key: given[index]?.key, seq: given[index]?.seq },
        `record ${index}`
      )
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      assert.strictEqual(n, count, `the ${count}th of ${key}`)
    }
  }, 180_000)
})
