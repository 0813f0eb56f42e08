import type { LivePipeline } from "../../live/use-live.ts"
import type { Tone } from "../../parts/badge.tsx"
import { countText, durationText, plural } from "../../parts/format.ts"

/** Something that asks for a look, and where to look. */
export interface Matter {
  readonly tone: Tone
  readonly pipeline: string
  readonly what: string
  readonly why: string
  readonly address: string
}

/** A minute behind is worth a look; so many records too, where nothing tells time. */
const lagSeconds = 60
const lagRecords = 100_000

const mattersOf = (pipeline: LivePipeline): readonly Matter[] => {
  const name = pipeline.pipeline
  const address = `/pipelines/${name}`
  const found: Matter[] = []
  const add = (tone: Tone, what: string, why: string, where = address): void =>
    void found.push({ tone, pipeline: name, what, why, address: where })
  if (pipeline.state === "failed")
    add("bad", "failed", "a task stopped with an error that time does not mend", `${address}?tab=tasks`)
  if (pipeline.state === "degraded")
    add(
      "bad",
      "degraded",
      "too many records failed: it is paused by its error budget",
      `/dead-letters?pipeline=${name}`
    )
  if (pipeline.alerts.firing > 0)
    add("bad", plural(pipeline.alerts.firing, "alert"), "firing", `/alerts?pipeline=${name}`)
  if (pipeline.deadLetters > 0 && pipeline.state !== "degraded")
    add(
      "warning",
      plural(pipeline.deadLetters, "dead letter"),
      "records were set aside with their cause",
      `/dead-letters?pipeline=${name}`
    )
  if ((pipeline.lagSeconds ?? 0) > lagSeconds || pipeline.lagRecords > lagRecords)
    add("warning", "behind", lagWords(pipeline))
  if (pipeline.state === "paused") add("warning", "paused", "by an operator; nothing is lost")
  return found
}

const lagWords = ({ lagRecords: records, lagSeconds: seconds }: LivePipeline): string =>
  `${countText(records)} records${seconds === null ? "" : `, ${durationText(seconds)}`}`

const rank: { readonly [T in Tone]: number } = { bad: 0, warning: 1, busy: 2, quiet: 3, good: 4 }

/** What asks for a look in these pipelines, the worst first. */
export const attention = (pipelines: readonly LivePipeline[]): readonly Matter[] =>
  pipelines.flatMap(mattersOf).toSorted((one, other) => rank[one.tone] - rank[other.tone])
