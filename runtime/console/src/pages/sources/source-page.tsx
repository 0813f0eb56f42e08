import type { StreamDetail } from "@millrace/sdk/api"
import { Link, useParams } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { countText } from "../../parts/format.ts"
import { JsonView } from "../../parts/json-view.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { Stat, Stats } from "../../parts/stat.tsx"
import { type Column, Table } from "../../parts/table.tsx"
import { Ago } from "../../parts/time.tsx"
import { PageHead } from "../../shell/page-head.tsx"

const fieldColumns: readonly Column[] = [
  { name: "Field" },
  { name: "Type" },
  { name: "Comes from", isExtra: true },
  { name: "Read by" }
]
const readerColumns: readonly Column[] = [
  { name: "Pipeline" },
  { name: "Node" },
  { name: "Reads" },
  { name: "Fields" }
]

/** One stream: schema, freshness, who writes it, and who reads which of its fields. */
export const SourcePage = () => {
  const { stream } = useParams({ from: "/sources/$stream" })
  const detail = useApi("GET /api/streams/:stream", { params: { stream } }, { everySeconds: 5 })
  return (
    <>
      <PageHead title={stream} trail={<Link to="/sources">Sources</Link>}>
        <CliCommand command={`millrace stream show ${shellWord(stream)}`} />
      </PageHead>
      <Loaded query={detail} what={`the stream ${stream}`}>
        {(loaded) => (
          <>
            <Facts stream={loaded} />
            <Fields stream={loaded} />
            <Readers stream={loaded} />
            <Newest stream={loaded} />
            <Panel
              title="Schema"
              isFlush
              aside={<CliCommand command={`millrace add contract ${shellWord(stream)}`} />}
            >
              {loaded.schema === null ? (
                <p className="waiting">Nobody knows it any more.</p>
              ) : (
                <JsonView label="Avro schema" value={JSON.parse(loaded.schema)} />
              )}
            </Panel>
          </>
        )}
      </Loaded>
    </>
  )
}

const Facts = ({ stream }: { readonly stream: StreamDetail }) => {
  const { key, lastCommitAt, lastRecordAt, owner, partitions, producer, records, version } = stream
  return (
    <Stats>
      <Stat label="Owner">{owner ?? "nobody"}</Stat>
      <Stat
        label="Written by"
        note={
          producer === null ? (
            "its pipeline is gone, its records stay"
          ) : (
            <Link
              to="/pipelines/$pipeline/nodes/$node"
              params={{ pipeline: producer.pipeline, node: producer.node }}
            >
              {producer.pipeline} / {producer.node}
            </Link>
          )
        }
      >
        {producer?.pipeline ?? "nobody"}
      </Stat>
      <Stat label="Records" note={`in ${partitions} partitions, by ${key.join(", ") || "no key"}`}>
        {countText(Number(records))}
      </Stat>
      <Stat label="Written" note="by its producer's last commit">
        {lastCommitAt === null ? "never" : <Ago at={lastCommitAt} />}
      </Stat>
      <Stat label="Newest record" note="by its own time">
        {lastRecordAt === null ? "none" : <Ago at={lastRecordAt} />}
      </Stat>
      <Stat label="Schema" note="of its subject">
        {version === null ? "not registered" : `version ${version}`}
      </Stat>
    </Stats>
  )
}

const Fields = ({ stream }: { readonly stream: StreamDetail }) => (
  <Panel title="Fields" isFlush aside={stream.fields.length}>
    <Table label="Fields" columns={fieldColumns}>
      {stream.fields.map(({ doc, name, origins, sensitive, type }) => (
        <tr key={name}>
          <td>
            <code>{name}</code> {stream.key.includes(name) ? <span className="tag">key</span> : null}{" "}
            {sensitive ? <span className="tag">sensitive</span> : null}
            {doc === undefined ? null : <div className="dim">{doc}</div>}
          </td>
          <td>
            <code className="dim">{type}</code>
          </td>
          <td className="extra dim wrap-anywhere">{origins.join(", ")}</td>
          <td className="dim wrap-anywhere">
            {stream.consumers
              .filter(({ fields }) => fields.includes(name))
              .map(({ node, pipeline }) => `${pipeline}/${node}`)
              .join(", ") || "nobody"}
          </td>
        </tr>
      ))}
    </Table>
  </Panel>
)

const Readers = ({ stream }: { readonly stream: StreamDetail }) => (
  <Panel title="Consumers" isFlush aside={stream.consumers.length}>
    {stream.consumers.length === 0 ? (
      <p className="waiting">Nobody reads it yet.</p>
    ) : (
      <Table label="Consumers" columns={readerColumns}>
        {stream.consumers.map(({ direct, fields, node, pipeline }) => (
          <tr key={`${pipeline} ${node}`}>
            <td>
              <Link to="/pipelines/$pipeline" params={{ pipeline }}>
                {pipeline}
              </Link>
            </td>
            <td>
              <Link to="/pipelines/$pipeline/nodes/$node" params={{ pipeline, node }}>
                {node}
              </Link>
            </td>
            <td>{direct ? "the stream itself" : "what others make of it"}</td>
            <td className="dim wrap-anywhere">{fields.join(", ") || "none by name"}</td>
          </tr>
        ))}
      </Table>
    )}
  </Panel>
)

const Newest = ({ stream }: { readonly stream: StreamDetail }) => {
  const page = useApi("GET /api/topics/:topic/records", {
    params: { topic: stream.stream },
    query: { limit: 5 }
  })
  return (
    <Panel
      title="First records"
      isFlush
      aside={<CliCommand command={`millrace topic read ${shellWord(stream.stream)} -n 5`} />}
    >
      <Loaded query={page} what="records">
        {({ records }) =>
          records.length === 0 ? (
            <p className="waiting">It is empty.</p>
          ) : (
            <JsonView label="Records" value={records.map(({ value }) => value)} />
          )
        }
      </Loaded>
    </Panel>
  )
}
