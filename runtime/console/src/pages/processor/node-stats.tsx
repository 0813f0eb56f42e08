import type { GraphNode } from "@millrace/sdk/api"
import { Link } from "@tanstack/react-router"
import { useLiveNode } from "../../live/use-live.ts"
import { countText, plural, rateText, shareText } from "../../parts/format.ts"
import { Stat, Stats } from "../../parts/stat.tsx"

/** A node in a row of numbers. */
export const NodeStats = ({ node, pipeline }: { readonly pipeline: string; readonly node: GraphNode }) => {
  const live = useLiveNode(pipeline, node.node)
  if (live === undefined) return null
  const { cpu, rates, totals } = live
  return (
    <Stats>
      {node.kind === "source" ? null : (
        <Stat label="In" note={`${plural(totals.in, "record")} so far`}>
          {`${rateText(rates.in)}/s`}
        </Stat>
      )}
      {node.kind === "sink" ? null : (
        <Stat label="Out" note={`${plural(totals.out, "record")} so far`}>
          {`${rateText(rates.out)}/s`}
        </Stat>
      )}
      <Stat label="Filtered" note="left out by the plugin">
        {countText(totals.filtered)}
      </Stat>
      <Stat
        label="Failed"
        note={
          <Link to="/dead-letters" search={{ pipeline }}>
            {`so far, ${rateText(rates.failed)} a second`}
          </Link>
        }
        isBad={totals.dead > 0}
      >
        {countText(totals.dead)}
      </Stat>
      <Stat label="Late" note={`${rateText(rates.late)} a second`}>
        {countText(totals.late)}
      </Stat>
      <Stat label="CPU" note="of a core">
        {shareText(cpu)}
      </Stat>
    </Stats>
  )
}
