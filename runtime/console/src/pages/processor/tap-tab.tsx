import type { GraphNode, PipelineGraph } from "@millrace/sdk/api"
import { useMemo } from "react"
import { useFrozenAt } from "../../live/use-live.ts"
import { useNow } from "../../live/use-now.ts"
import { Badge } from "../../parts/badge.tsx"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Failure } from "../../parts/failure.tsx"
import { dateText, durationText, isAhead } from "../../parts/format.ts"
import { Panel } from "../../parts/panel.tsx"
import { fieldChanges, type FieldFate } from "./field-changes.ts"
import { type RecordPair, recordPairs } from "./record-pairs.ts"
import { useNewest } from "./use-newest.ts"

/** Pairs that are shown, and records of each partition that are looked through for them; most may be control records. */
const shown = 20
const lookedThrough = 500

/** Where records of a node's chain can be looked at: what it reads, and what it or the end of its chain writes. */
const placesOf = (graph: PipelineGraph, node: GraphNode) => {
  const chain = graph.chains.find(({ head }) => head === node.chain)
  const own = graph.topics.find(({ producer }) => producer?.node === node.node)?.topic
  const nodes = chain?.segments.flatMap((segment) => segment.nodes) ?? []
  return {
    before: chain?.reads[0],
    after: own ?? chain?.writes[0],
    first: nodes[0],
    last: nodes.at(-1),
    nodes
  }
}

/** Records as they go through, field by field before and after. */
export const TapTab = ({ graph, node }: { readonly graph: PipelineGraph; readonly node: GraphNode }) => {
  const places = placesOf(graph, node)
  const before = useNewest(places.before, lookedThrough)
  const after = useNewest(places.after, lookedThrough)
  const pairs = useMemo(
    () => recordPairs(before.data ?? [], places.after === undefined ? undefined : (after.data ?? []), shown),
    [before.data, after.data, places.after]
  )
  const error = before.error ?? after.error
  return (
    <Panel
      title="Records, the newest first"
      isFlush
      aside={<CliCommand command={`millrace tap ${shellWord(graph.pipeline)} ${shellWord(node.node)}`} />}
    >
      <p className="note">
        {places.before === undefined
          ? "A source: what it put out. "
          : `Before: as ${places.first} took it from ${places.before}. `}
        {places.after === undefined
          ? "A sink puts nothing on."
          : `After: as ${places.last} put it on ${places.after}.`}
        {places.nodes.length > 1
          ? ` Between them run ${places.nodes.join(" → ")} as one task, without topics that could be looked at.`
          : ""}{" "}
        Sensitive fields are masked. Press f to freeze.
      </p>
      {error === null ? null : <Failure error={error} what="The records cannot be read" />}
      {pairs.length === 0 && error === null ? (
        <p className="waiting" role="status">
          {before.isLoading || after.isLoading
            ? "Loading records …"
            : `The newest ${lookedThrough} of each partition have no record of data.`}
        </p>
      ) : null}
      <div className="tap">
        {pairs.map((pair) => (
          <PairView
            key={pair.id}
            pair={pair}
            hasAfter={places.after !== undefined}
            hasBefore={places.before !== undefined}
          />
        ))}
      </div>
    </Panel>
  )
}

const words: { readonly [F in FieldFate]: string } = {
  same: "",
  changed: "changed",
  added: "added",
  dropped: "dropped"
}

const valueText = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value))

/** Marks an event time that cannot be: one such record holds for its source partition, and makes the others late. */
const Ahead = ({ at }: { readonly at: number }) => {
  const now = useNow()
  const secondsAgo = ((useFrozenAt() ?? now) - at) / 1_000
  return isAhead(secondsAgo) ? (
    <Badge tone="warning">{durationText(-secondsAgo)} ahead of the clock</Badge>
  ) : null
}

const PairView = ({
  hasAfter,
  hasBefore,
  pair
}: {
  readonly pair: RecordPair
  readonly hasBefore: boolean
  readonly hasAfter: boolean
}) => {
  const { after, before, id } = pair
  const record = after ?? before
  const isPair = before !== undefined && after !== undefined
  const changes = fieldChanges(isPair ? before.value : record?.value, record?.value)
  return (
    <section className="tap-record" aria-label={`Record ${id}`}>
      <div className="tap-head">
        <code>{record?.key ?? "no key"}</code>
        <span className="dim num">{dateText(record?.timestamp ?? 0)}</span>
        {record === undefined ? null : <Ahead at={record.timestamp} />}
        <span className="dim num">{id}</span>
        {hasBefore && hasAfter && !isPair ? (
          <span className="dim">
            made of several records, keyed anew, or of one further back than was looked
          </span>
        ) : null}
      </div>
      <table className="tap-fields">
        <thead>
          <tr>
            <th scope="col">Field</th>
            {isPair ? <th scope="col">Before</th> : null}
            <th scope="col">{isPair ? "After" : "Value"}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ after: now, before: old, fate, name }) => (
            <tr key={name} className={isPair ? `tap-${fate}` : undefined}>
              <th scope="row">
                {name} {isPair && fate !== "same" ? <span className="tag">{words[fate]}</span> : null}
              </th>
              {isPair ? <td>{valueText(old)}</td> : null}
              <td>{valueText(now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
