import type { PluginManifest } from "@millrace/sdk/manifest"
import type { Parts } from "./shares.ts"

/** Something that was measured and could be better, with what to do about it. */
export interface Finding {
  /** Stable: for programs. */
  readonly rule:
    | "failures"
    | "reads-more-than-used"
    | "codec"
    | "body"
    | "state"
    | "output-size"
    | "commit"
    | "hop"
  /** The share of the whole that it speaks of, 0 to 1: the first thing to change has the largest. */
  readonly share: number
  readonly measured: string
  readonly remedy: string
}

/** What the rules look at; sizes are bytes for each record that came in. */
export interface Evidence {
  readonly shares: Parts
  /** Microseconds of CPU of a record. */
  readonly parts: Parts
  readonly failedShare: number
  readonly failureCode: string | undefined
  readonly bytesIn: number
  readonly bytesOut: number
  readonly stateBytes: number
  readonly recordsPerBatch: number
  readonly fields: readonly FieldUse[]
  readonly manifest: PluginManifest
}

/** How an input's fields are used. */
export interface FieldUse {
  readonly input: string
  readonly form: "closed" | "open" | "derived"
  /** The fields that the codec reads for the body. */
  readonly read: readonly string[]
  /** Those that the body looked at; undefined where that could not be seen. */
  readonly used: readonly string[] | undefined
  /** Of `read`, those that are texts. */
  readonly texts: readonly string[]
}

const percent = (share: number): string => `${Math.round(share * 100)} %`
const micros = (value: number): string => `${value < 10 ? value.toFixed(2) : Math.round(value)} µs`

/** What the measurements say should be changed, the largest share first. Empty: nothing stands out. */
export const findingsOf = (evidence: Evidence): readonly Finding[] =>
  [
    ...failures(evidence),
    ...fields(evidence),
    ...codec(evidence),
    ...body(evidence),
    ...hop(evidence),
    ...commit(evidence)
  ].toSorted((left, right) => right.share - left.share)

const failures = ({ failedShare, failureCode }: Evidence): readonly Finding[] =>
  failedShare < 0.01
    ? []
    : [
        {
          rule: "failures",
          // Nothing else means much while these are in it.
          share: 1,
          measured: `${percent(failedShare)} of the records fail (${failureCode ?? "unknown"}): each of them is set aside with its error, which takes longer than handling it`,
          remedy: "measure with records that the plugin is made for: --input FILE"
        }
      ]

/** A closed contract decodes every field, whether or not the body looks at it. */
const fields = ({ fields: uses, shares }: Evidence): readonly Finding[] =>
  uses.flatMap(({ form, input, read, used }) => {
    if (form !== "closed" || used === undefined || shares.codec < 0.15) return []
    if (used.length === 0 || used.length * 2 > read.length) return []
    return [
      {
        rule: "reads-more-than-used" as const,
        share: shares.codec * (1 - used.length / read.length),
        measured: `the codec takes ${percent(shares.codec)}: it reads ${read.length} fields of ${input}, and the body looks at ${used.length}: ${used.slice(0, 6).join(", ")}`,
        remedy: `let the plugin say what it reads (\`reads: { ${used.slice(0, 3).join(", ")}, … }\`) in place of the whole contract: the other fields are then copied as bytes`
      }
    ]
  })

const codec = (evidence: Evidence): readonly Finding[] => {
  const { fields: uses, parts, shares } = evidence
  // What is said of fields that nobody looks at says more.
  if (shares.codec < 0.4 || fields(evidence).length > 0) return []
  const texts = uses.flatMap((use) => use.texts)
  const count = uses.reduce((sum, { read }) => sum + read.length, 0)
  const isText = texts.length * 2 >= count && texts.length > 0
  return [
    {
      rule: "codec",
      share: shares.codec * 0.5,
      measured: `the codec takes ${percent(shares.codec)}, ${micros(parts.codec)} a record${isText ? `: ${texts.length} of the ${count} fields that it reads are texts` : ""}`,
      remedy: isText
        ? "read fewer texts; a field with a handful of values is cheaper as an enum (Schema.Literals), a number in a text as a number"
        : "read and write fewer fields: what passes unread is copied as bytes"
    }
  ]
}

const body = ({ manifest, parts, shares, stateBytes }: Evidence): readonly Finding[] => {
  if (shares.body < 0.3) return []
  if (manifest.state.length > 0 && stateBytes >= 256)
    return [
      {
        rule: "state",
        share: shares.body,
        measured: `the body and its state take ${percent(shares.body)}, ${micros(parts.body)} a record, and a record changes ${Math.round(stateBytes)} bytes of state`,
        remedy:
          "keep less for a key, or keep it in a mapState of small entries, of which only those that change are written"
      }
    ]
  const suspends = manifest.bodies.some((each) => each.suspends)
  return [
    {
      rule: "body",
      share: shares.body,
      measured: `the body takes ${percent(shares.body)}, ${micros(parts.body)} a record`,
      remedy: suspends
        ? "it is your code: profile it (docs/how-to/measure.md), and look for what it makes anew for each record (patterns, formatters, copies); where it waits for something, ask for several things at once"
        : "it is your code: profile it (docs/how-to/measure.md), and look for what it makes anew for each record (patterns, formatters, copies)"
    }
  ]
}

const smallRecord = 64

const hop = ({ bytesIn, parts, shares }: Evidence): readonly Finding[] => {
  if (shares.hop < 0.5) return []
  const isSmall = bytesIn < smallRecord
  return [
    {
      rule: "hop",
      // It is paid by any plugin, and shared by the nodes of a chain.
      share: shares.hop * (isSmall ? 0.9 : 0.25),
      measured: `the way into the sandbox and back takes ${percent(shares.hop)}, ${micros(parts.hop)} a record of ${Math.round(bytesIn)} bytes`,
      remedy: isSmall
        ? "records of a few bytes cost as much to carry as larger ones: let the source put more into one, or do more with each on one way"
        : "it is paid once for all neighbours of one publisher in a chain: name a stream between two of them, or repartition, only where you must"
    }
  ]
}

const fewRecords = 100

const commit = ({
  bytesIn,
  bytesOut,
  parts,
  recordsPerBatch,
  shares,
  stateBytes
}: Evidence): readonly Finding[] => {
  if (shares.commit < 0.25) return []
  const measured = `the commit takes ${percent(shares.commit)}, ${micros(parts.commit)} a record`
  if (bytesOut + stateBytes > 2 * bytesIn) {
    const isState = stateBytes > bytesOut
    return [
      {
        rule: isState ? "state" : "output-size",
        share: shares.commit,
        measured: `${measured}: ${Math.round(bytesIn)} bytes come in, ${Math.round(bytesOut)} go out, and ${Math.round(stateBytes)} of state change`,
        remedy: isState
          ? "keep less for a key, or keep it in a mapState of small entries, of which only those that change are written"
          : "give fewer fields, or fewer records: all that goes out is written to the log before anybody reads it"
      }
    ]
  }
  if (recordsPerBatch >= fewRecords) return []
  return [
    {
      rule: "commit",
      share: shares.commit,
      measured: `${measured}, in batches of ${Math.round(recordsPerBatch)}`,
      remedy: "a commit costs the same for one record as for a thousand: let the source give more at a time"
    }
  ]
}
