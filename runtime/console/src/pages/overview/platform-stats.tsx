import { useLive } from "../../live/use-live.ts"
import { bytesText, countText, durationText, rateText, shareText } from "../../parts/format.ts"
import { Stat, Stats } from "../../parts/stat.tsx"

/** The platform in a row of numbers. */
export const PlatformStats = () => {
  const status = useLive((each) => each)
  if (status === undefined) return null
  const { at, pipelines, platform, sandboxes, startedAt } = status
  const nodes = pipelines.flatMap((each) => each.nodes)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const failing = pipelines.filter(({ state }) => state === "failed" || state === "degraded").length
  const firing = sum(pipelines.map(({ alerts }) => alerts.firing))
  const dead = sum(pipelines.map(({ deadLetters }) => deadLetters))
  const isFilling = platform.diskFreeBytes < platform.diskBytes * 0.1
  return (
    <Stats>
      <Stat label="Pipelines" note={failing === 0 ? "none fails" : `${failing} failing`} isBad={failing > 0}>
        {pipelines.length}
      </Stat>
      <Stat label="Records in" note="a second, read">
        {rateText(sum(nodes.map(({ kind, rates }) => (kind === "source" ? rates.out : 0))))}
      </Stat>
      <Stat label="Records out" note="a second, written">
        {rateText(sum(nodes.map(({ kind, rates }) => (kind === "sink" ? rates.in : 0))))}
      </Stat>
      <Stat label="Consumer lag" note="records">
        {countText(sum(pipelines.map(({ lagRecords }) => lagRecords)))}
      </Stat>
      <Stat label="Dead letters" note="in all pipelines">
        {countText(dead)}
      </Stat>
      <Stat label="Alerts" note="firing" isBad={firing > 0}>
        {firing}
      </Stat>
      <Stat label="CPU" note={`sandboxes ${shareText(sandboxes.cpu)}`}>
        {shareText(platform.cpu + sandboxes.cpu)}
      </Stat>
      <Stat label="Memory" note={`sandboxes ${bytesText(sandboxes.residentBytes)}`}>
        {bytesText(platform.residentBytes + sandboxes.residentBytes)}
      </Stat>
      <Stat label="Disk free" note={`of ${bytesText(platform.diskBytes)}`} isBad={isFilling}>
        {bytesText(platform.diskFreeBytes)}
      </Stat>
      <Stat label="Up" note="since the last start">
        {durationText((at - startedAt) / 1_000)}
      </Stat>
    </Stats>
  )
}
