import { useState } from "react"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { clockText } from "../../parts/format.ts"
import { Failure } from "../../parts/failure.tsx"
import { Panel } from "../../parts/panel.tsx"
import { useLines } from "../../api/use-lines.ts"

const levels = ["debug", "info", "warn", "error"] as const
const kept = 1_000

/** What plugins and tasks logged, the newest first, as it comes. */
export const LogsTab = ({
  nodes,
  pipeline
}: {
  readonly pipeline: string
  readonly nodes: readonly string[]
}) => {
  const [node, setNode] = useState("")
  const [least, setLeast] = useState("debug")
  const logs = useLines(
    "GET /api/status/:pipeline/logs",
    { params: { pipeline }, query: { follow: "true", limit: kept, ...(node === "" ? {} : { node }) } },
    { most: kept }
  )
  const shown = logs.lines
    .filter(({ line }) => levels.indexOf(line.level) >= levels.findIndex((each) => each === least))
    .toReversed()
  const command = `millrace logs ${shellWord(pipeline)}${node === "" ? "" : ` --node ${shellWord(node)}`} --follow`
  return (
    <Panel title="Log" isFlush aside={<CliCommand command={command} />}>
      <div className="filters">
        <label>
          Node{" "}
          <select className="field" value={node} onChange={(event) => setNode(event.target.value)}>
            <option value="">all</option>
            {nodes.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          At least{" "}
          <select className="field" value={least} onChange={(event) => setLeast(event.target.value)}>
            {levels.map((level) => (
              <option key={level}>{level}</option>
            ))}
          </select>
        </label>
      </div>
      {logs.error === undefined ? null : <Failure error={logs.error} what="The log cannot be read" />}
      {shown.length === 0 ? (
        <p className="waiting">
          Nothing was logged{node === "" ? "" : ` by ${node}`} since the platform started.
        </p>
      ) : (
        <ol className="list log" aria-label="Log lines, the newest first">
          {shown.map(({ key, line }) => (
            <li key={key} className={`log-line log-${line.level}`}>
              <time className="num dim">{clockText(line.time)}</time>
              <span className="log-level">{line.level}</span>
              <span className="dim">{line.node ?? "–"}</span>
              <span className="wrap-anywhere">
                {line.message} <span className="dim">{fieldsText(line.fields)}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}

const fieldsText = (fields: unknown): string =>
  typeof fields === "object" && fields !== null && Object.keys(fields).length > 0
    ? JSON.stringify(fields)
    : ""
