import { AlertView, PipelineStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { type Platform, until } from "../../input/program.ts"
import { pipeline } from "./pipeline-text.ts"

const decodeStatus = Schema.decodeUnknownSync(PipelineStatus)
const decodeAlerts = Schema.decodeUnknownSync(Schema.Array(AlertView))

export const statusOf = async (platform: Platform): Promise<PipelineStatus> =>
  decodeStatus((await platform.get(`/api/status/${pipeline}`)).body)

export const alertsOf = async (platform: Platform): Promise<readonly AlertView[]> =>
  decodeAlerts((await platform.get(`/api/alerts?pipeline=${pipeline}`)).body)

/** Records that wait at each chain, by its partition. */
export const lagOf = ({ tasks }: PipelineStatus, chain: string): readonly number[] =>
  tasks.filter((task) => task.chain === chain).map(({ lagRecords }) => lagRecords)

/** Records that the sinks have to have taken before anything is called healthy. */
const fewRecords = 60
/** Records that may be on their way at a task. */
const mostLag = 400

interface Health {
  readonly status: PipelineStatus
  readonly firing: readonly string[]
}

const isHealthy = ({ firing, status }: Health): boolean =>
  firing.length === 0 &&
  status.state === "running" &&
  status.deadLetters === 0 &&
  status.tasks.every(({ lagRecords }) => lagRecords < mostLag) &&
  status.nodes.every(({ kind, totals }) => totals.late === 0 && (kind !== "sink" || totals.in >= fewRecords))

/** Waits until every sink has taken records, nothing lags, nothing came late or died, and no alert fires. */
export const untilHealthy = async (platform: Platform, seconds = 300): Promise<PipelineStatus> => {
  const { status } = await until(
    async () => ({
      status: await statusOf(platform),
      firing: (await alertsOf(platform))
        .filter(({ state }) => state === "firing")
        .map(({ summary }) => summary)
    }),
    isHealthy,
    seconds
  )
  return status
}
