import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { compareQuery } from "../../examples/auctions/compare.ts"
import { writeEvents } from "../../examples/auctions/prepare.ts"
import { deriveExpected } from "../../examples/auctions/expected/derive.ts"
import { queryNames } from "../../examples/auctions/settings.ts"
import { temporaryFolder } from "../input/program.ts"
import { runAuctions } from "./auctions/run-auctions.ts"

// A sample; `npm run prove -- auctions` runs every query, cut in eight ways.

const settings = { events: 4_000, eventsPerSecond: 100_000, size: 20, slide: 4, gap: 5 }

describe("the auctions example", () => {
  it("gives what DuckDB derives from the same events, with joins, windows and timers", async () => {
    const cut = { settings, names: ["q3", "q8", "q9"], partitions: 2, batch: 200, kills: 0 } as const
    const { runs } = await runAuctions(cut)
    for (const { equal, expected, missing, name, surplus } of runs) {
      assert.isAbove(expected, 0, name)
      assert.isTrue(equal, `${name}: missing ${missing[0]}, surplus ${surplus[0]}`)
    }
  })

  it("has a result of every query, and sees when one is not what it should be", async () => {
    const place = temporaryFolder()
    try {
      const events = join(place.path, "events.ndjson")
      writeEvents(events, settings)
      assert.lengthOf(readFileSync(events, "utf8").trimEnd().split("\n"), settings.events)
      const derived = await deriveExpected(events, settings, queryNames)
      for (const name of queryNames) {
        assert.isAbove((derived[name] ?? "").length, 0, name)
        assert.isFalse(compareQuery(name, place.path, derived[name] ?? "").equal, name)
      }
    } finally {
      place.remove()
    }
  })
})
