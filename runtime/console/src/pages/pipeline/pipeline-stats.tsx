import { Link } from "@tanstack/react-router"
import { useLivePipeline } from "../../live/use-live.ts"
import { countText, durationText, rateText } from "../../parts/format.ts"
import { Stat, Stats } from "../../parts/stat.tsx"

const delayText = (seconds: number | null): string => (seconds === null ? "–" : durationText(seconds))

/** The pipeline in a row of numbers. */
export const PipelineStats = ({ name }: { readonly name: string }) => {
  const pipeline = useLivePipeline(name)
  if (pipeline === undefined) return null
  const sum = (kind: string, rate: "in" | "out"): number =>
    pipeline.nodes.reduce((total, node) => total + (node.kind === kind ? node.rates[rate] : 0), 0)
  return (
    <Stats>
      <Stat label="Records in" note="a second, read">
        {rateText(sum("source", "out"))}
      </Stat>
      <Stat label="Records out" note="a second, written">
        {rateText(sum("sink", "in"))}
      </Stat>
      <Stat label="Lag" note="records behind">
        {countText(pipeline.lagRecords)}
      </Stat>
      <Stat label="Delay" note="furthest behind">
        {delayText(pipeline.lagSeconds)}
      </Stat>
      <Stat label="Event time" note="behind the clock">
        {delayText(pipeline.watermarkDelaySeconds)}
      </Stat>
      <Stat
        label="Dead letters"
        note={
          <Link to="/dead-letters" search={{ pipeline: name }}>
            look at them
          </Link>
        }
        isBad={pipeline.deadLetters > 0}
      >
        {countText(pipeline.deadLetters)}
      </Stat>
      <Stat
        label="Alerts"
        note={
          <Link to="/alerts" search={{ pipeline: name }}>
            {`${pipeline.alerts.pending} pending`}
          </Link>
        }
        isBad={pipeline.alerts.firing > 0}
      >
        {pipeline.alerts.firing}
      </Stat>
    </Stats>
  )
}
