import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, up } from "../input/program.ts"
import { Counting } from "./versions.ts"

// What a node keeps, looked at from outside.

const folder = temporaryFolder()
let platform: Platform
let pipeline: Counting

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data") })
  pipeline = new Counting(platform, folder.path, "shown")
  const applied = await pipeline.apply({ use: "shown", total: 30 })
  assert.strictEqual(applied.exit, 0, applied.stderr)
  await pipeline.counts(30)
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const json = async (...args: readonly string[]): Promise<unknown> => {
  const { stderr, stdout } = await platform.command("state", "show", "shown", "counted", ...args, "--json")
  assert.strictEqual(stderr, "")
  return JSON.parse(stdout)
}

describe("millrace state show", () => {
  it(
    "lists every key once per state, page by page, with sensitive fields masked",
    { timeout: 480_000 },
    async () => {
      const seen: string[] = []
      for (let after: string | null = ""; after !== null;) {
        const page: unknown = await json("--limit", "7", ...(after === "" ? [] : ["--after", after]))
        assert.isTrue(isPage(page))
        if (!isPage(page)) return
        assert.isAtMost(page.keys.length, 7)
        for (const { entries, expires, key, state, value } of page.keys) {
          seen.push(`${state} ${key}`)
          if (state === "latest") assert.strictEqual(entries, 3)
          else {
            assert.deepStrictEqual(value, { owner: "•••", ticks: 3 })
            assert.isAbove(expires ?? 0, 1_600_000_000_000)
          }
        }
        after = page.next
      }
      const expected = ["account", "latest"].flatMap((state) =>
        Array.from({ length: 10 }, (_, key) => `${state} k${key}`)
      )
      assert.deepStrictEqual(seen.toSorted(), expected.toSorted())
    }
  )

  it(
    "shows the values, entries and timers of a key, to people and to programs",
    { timeout: 480_000 },
    async () => {
      const state = await json("k4")
      assert.deepNestedInclude(state, { key: "k4", "states[1].state": "latest", "states[1].kind": "map" })
      assert.deepNestedInclude(state, {
        "states[1].entries": [4, 14, 24].map((seq) => ({ mapKey: seq, value: `tick ${seq}` })),
        timers: [{ clock: "event", time: 9_000_000_000_000, tag: "close" }],
        "states[0].entries[0].value": { owner: "•••", ticks: 3 }
      })
      const { stdout } = await platform.command("state", "show", "shown", "counted", "k4")
      assert.include(stdout, '14: "tick 14"')
      assert.include(stdout, "2255-03-14T16:00:00.000Z by event time: close")
      assert.notInclude(stdout, "owner of")
    }
  )

  it("says what there is not", { timeout: 480_000 }, async () => {
    for (const [args, code] of [
      [["shown", "counted", "nobody"], "STATE_KEY_UNKNOWN"],
      [["shown", "gen"], "NODE_WITHOUT_STATE"],
      [["shown", "nobody"], "NODE_UNKNOWN"],
      [["nobody", "counted"], "PIPELINE_UNKNOWN"]
    ] as const) {
      const { errors } = await platform.command("state", "show", ...args)
      assert.strictEqual(errors[0]?.code, code)
    }
  })
})

interface Page {
  readonly keys: readonly {
    readonly key: string
    readonly state: string
    readonly value?: unknown
    readonly entries?: number
    readonly expires?: number
  }[]
  readonly next: string | null
}

const isPage = (value: unknown): value is Page =>
  typeof value === "object" && value !== null && "keys" in value && "next" in value
