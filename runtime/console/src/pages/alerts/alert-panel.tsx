import type { AlertView } from "@millrace/sdk/api"
import { Link } from "@tanstack/react-router"
import { act } from "../../api/act.ts"
import { useApi } from "../../api/use-api.ts"
import { Action } from "../../parts/action.tsx"
import { Badge, type Tone } from "../../parts/badge.tsx"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Empty } from "../../parts/empty.tsx"
import { unitText } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { Ago } from "../../parts/time.tsx"
import "./alerts.css"

const hourMs = 3_600_000
const reason = "silenced in the console"

const toneOf = ({ severity, silencedBy, state }: AlertView): Tone => {
  if (state === "resolved" || silencedBy !== undefined) return "quiet"
  if (state === "pending") return "warning"
  return severity === "critical" ? "bad" : "warning"
}

const rank: { readonly [S in AlertView["state"]]: number } = { firing: 0, pending: 1, resolved: 2 }

const labelWords = (labels: AlertView["labels"]): readonly string[] =>
  Object.entries(labels).map(([name, value]) => shellWord(`${name}=${value}`))

const silenceCommand = (rule: string, labels: AlertView["labels"]): string =>
  [
    `millrace alerts silence ${shellWord(rule)}`,
    ...labelWords(labels).map((label) => `--label ${label}`),
    "--for 1h",
    `--reason ${shellWord(reason)}`
  ].join(" ")

/** Of a chain the node that it is named by. */
const Target = ({ labels }: { readonly labels: AlertView["labels"] }) => {
  const { chain, node = chain, pipeline } = labels
  if (pipeline === undefined) return <span>{Object.values(labels).join(", ") || "the platform"}</span>
  return node === undefined ? (
    <Link to="/pipelines/$pipeline" params={{ pipeline }}>
      {pipeline}
    </Link>
  ) : (
    <Link to="/pipelines/$pipeline/nodes/$node" params={{ pipeline, node }}>
      {pipeline} / {node}
    </Link>
  )
}

const OneAlert = ({ alert }: { readonly alert: AlertView }) => {
  const { firedAt, labels, owner, remedy, resolvedAt, rule, severity, silencedBy, since, state, summary } =
    alert
  return (
    <li className="alert">
      <div className="row">
        <Badge tone={toneOf(alert)}>
          {state}, {severity}
        </Badge>
        <b>{rule}</b>
        <Target labels={labels} />
        <span className="dim">
          since <Ago at={resolvedAt ?? firedAt ?? since} />, owner {owner}
        </span>
        {silencedBy === undefined ? null : <span className="tag">silenced</span>}
      </div>
      <p>{summary}</p>
      <p className="dim">{remedy}</p>
      <p className="dim num">
        now {unitText(alert.value, alert.unit)}, limit {unitText(alert.threshold, alert.unit)}
      </p>
      {state === "firing" && silencedBy === undefined ? (
        <Action
          title="Silence for an hour"
          command={silenceCommand(rule, labels)}
          run={() =>
            act("POST /api/silences", {
              body: { rule, labels, until: Date.now() + hourMs, reason }
            })
          }
        />
      ) : null}
    </li>
  )
}

const isOf = ({ chain, node }: AlertView["labels"], of: { readonly node: string; readonly chain: string }) =>
  node === undefined ? chain === of.chain : node === of.node

/** Alerts of all pipelines, of one, or of a node of it and its chain; those that fire first. */
export const AlertPanel = ({
  node,
  pipeline
}: {
  readonly pipeline?: string | undefined
  readonly node?: { readonly node: string; readonly chain: string }
}) => {
  const alerts = useApi(
    "GET /api/alerts",
    { query: pipeline === undefined ? {} : { pipeline } },
    { everySeconds: 3 }
  )
  const command = `millrace alerts${pipeline === undefined ? "" : ` --pipeline ${shellWord(pipeline)}`}`
  return (
    <Panel title="Alerts" isFlush aside={<CliCommand command={command} />}>
      <Loaded query={alerts} what="the alerts">
        {(all) => {
          const shown = all
            .filter(({ labels }) => node === undefined || isOf(labels, node))
            .toSorted((one, other) => rank[one.state] - rank[other.state] || other.since - one.since)
          return shown.length === 0 ? (
            <Empty title="Nothing alerts">
              Every node has its rules without a line written for it: stalled, lagging, failing, near its
              limits, late data. They are judged all the time.
            </Empty>
          ) : (
            <ul className="list">
              {shown.map((alert) => (
                <OneAlert key={alert.id} alert={alert} />
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Panel>
  )
}
