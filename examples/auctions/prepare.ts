import { closeSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs"
import { dirname } from "node:path"
import { Generator } from "../../plugins/nexmark/src/core/generator.ts"
import type { AuctionSettings } from "./settings.ts"

const linesAtOnce = 5_000

/** The events that the example's sources give, as NDJSON for another engine: a line is a person, an auction or a bid. */
export const writeEvents = (file: string, { events, eventsPerSecond }: AuctionSettings): void => {
  const start = Date.UTC(2015, 6, 15)
  const generator = new Generator({ firstEventId: 0, eventsPerSecond, outOfOrderGroup: 1, start, seed: 0 })
  mkdirSync(dirname(file), { recursive: true })
  const output = openSync(`${file}.inprogress`, "w")
  try {
    for (let from = 0; from < events; from += linesAtOnce) {
      const lines = Array.from({ length: Math.min(linesAtOnce, events - from) }, (_, index) => {
        const { is, row } = generator.eventAt(from + index)
        return `${JSON.stringify({ [is]: row })}\n`
      })
      writeSync(output, lines.join(""))
    }
  } finally {
    closeSync(output)
  }
  renameSync(`${file}.inprogress`, file)
}
