import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { CliCommand } from "../../parts/cli-command.tsx"
import { Empty } from "../../parts/empty.tsx"
import { countText } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"
import { Ago } from "../../parts/time.tsx"
import { PageHead } from "../../shell/page-head.tsx"

const columns: readonly Column[] = [
  { name: "Stream" },
  { name: "Owner" },
  { name: "Written by", isExtra: true },
  { name: "Read by", isExtra: true },
  { name: "Schema", isNumber: true, isExtra: true },
  { name: "Records", isNumber: true },
  { name: "Newest record" }
]

/** The catalogue: every named stream that pipelines write, for anyone to read. */
export const SourcesPage = () => {
  const { search } = useSearch({ from: "/sources" })
  const navigate = useNavigate({ from: "/sources" })
  const streams = useApi(
    "GET /api/streams",
    { query: { limit: 1_000, ...(search === undefined ? {} : { search }) } },
    { everySeconds: 5, keepsPrevious: true }
  )
  return (
    <>
      <PageHead title="Sources">
        <SearchField
          label="Name, owner, field or description"
          value={search ?? ""}
          change={(text) => void navigate({ search: text === "" ? {} : { search: text }, replace: true })}
        />
        <CliCommand command="millrace stream list" />
      </PageHead>
      <Panel title="Streams" isFlush aside={streams.data?.streams.length}>
        <Loaded query={streams} what="the catalogue">
          {(page) =>
            page.streams.length === 0 ? (
              <Empty title={search === undefined ? "No streams yet" : `No stream matches “${search}”`}>
                A node with <code>stream: NAME</code> puts its output here, for any pipeline to read.
              </Empty>
            ) : (
              <Table label="Streams" columns={columns}>
                {page.streams.map((each) => (
                  <tr key={each.stream}>
                    <td className="wrap-anywhere">
                      <Link to="/sources/$stream" params={{ stream: each.stream }}>
                        {each.stream}
                      </Link>
                    </td>
                    <td>{each.owner ?? <span className="dim">nobody</span>}</td>
                    <td className="extra">
                      {each.producer === null ? (
                        <span className="dim">nobody any more</span>
                      ) : (
                        `${each.producer.pipeline} / ${each.producer.node}`
                      )}
                    </td>
                    <td className="extra">{each.readBy.join(", ") || <span className="dim">nobody</span>}</td>
                    <td className={classOf(true, true)}>
                      {each.version === null ? "–" : `version ${each.version}`}
                    </td>
                    <td className={classOf(true)}>{countText(Number(each.records))}</td>
                    <td>
                      {each.lastCommitAt === null ? (
                        <span className="dim">none yet</span>
                      ) : (
                        <Ago at={each.lastCommitAt} />
                      )}
                    </td>
                  </tr>
                ))}
              </Table>
            )
          }
        </Loaded>
      </Panel>
    </>
  )
}
