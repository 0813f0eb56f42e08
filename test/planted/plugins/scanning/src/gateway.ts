import { defineSource, fromConfig, http, Schema } from "@millrace/sdk"
import { build } from "./build.ts"
import { Scan } from "./scan.ts"

const Page = Schema.Struct({
  scans: Schema.Array(
    Schema.Struct({
      ...Scan.fields,
      /** By the handheld's own clock, ms since 1970. */
      scannedAt: Schema.Number
    })
  ),
  /** Number of the scan after the last one here. */
  next: Schema.Int
})

const mostInPage = 500
const pauseMs = 250

/** Reads scans from regional gateways, each a partition; the position is the number of the next scan there. */
export const gateway = defineSource({
  name: "gateway",
  description: "Reads scans from the regional gateways of the handhelds.",
  output: Scan,
  config: Schema.Struct({ url: Schema.String, gateways: Schema.Array(Schema.String) }),
  uses: { feed: http(fromConfig("url"), { methods: ["GET"] }) },
  position: Schema.Int,
  partitions: ({ config }) => config.gateways,
  *read(position, { feed, maxRecords, partition }) {
    const after = position ?? 0
    const most = Math.min(mostInPage, maxRecords)
    const reply = yield* feed.get(`/gateways/${partition}/scans?after=${after}&most=${most}`, {
      headers: { "user-agent": `parcels-scanning/${build.version}` }
    })
    const { next, scans } = reply.json(Page)
    return {
      records: scans.map((scan) => ({ value: scan, timestamp: scan.scannedAt })),
      position: next,
      next: scans.length === most ? "more" : "idle",
      waitMs: pauseMs
    }
  }
})
