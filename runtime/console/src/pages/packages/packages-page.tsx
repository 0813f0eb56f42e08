import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Empty } from "../../parts/empty.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { type Column, Table } from "../../parts/table.tsx"
import { Ago } from "../../parts/time.tsx"
import { PageHead } from "../../shell/page-head.tsx"
import { SearchHits } from "./search-hits.tsx"

const columns: readonly Column[] = [
  { name: "Package" },
  { name: "Version" },
  { name: "Kinds", isExtra: true },
  { name: "What it does" },
  { name: "Published", isExtra: true }
]

const All = () => {
  const packages = useApi("GET /api/packages", { query: { limit: 1_000 } }, { everySeconds: 10 })
  return (
    <Panel title="All packages" isFlush aside={packages.data?.packages.length}>
      <Loaded query={packages} what="the packages">
        {(page) =>
          page.packages.length === 0 ? (
            <Empty title="No packages yet" command="millrace publish">
              A package holds plugins: sources, processors, sinks, functions. Begin one with npm create
              processor.
            </Empty>
          ) : (
            <Table label="Packages" columns={columns}>
              {page.packages.map(({ description, kinds, latest, name, publishedAt }) => {
                const [scope = "", bare = ""] = name.split("/")
                return (
                  <tr key={name}>
                    <td>
                      <Link to="/packages/$scope/$name" params={{ scope, name: bare }}>
                        {name}
                      </Link>
                    </td>
                    <td className="num">{latest ?? <span className="dim">none to take</span>}</td>
                    <td className="extra dim">{kinds.join(", ")}</td>
                    <td>{description ?? <span className="dim">–</span>}</td>
                    <td className="extra">
                      <Ago at={publishedAt} />
                    </td>
                  </tr>
                )
              })}
            </Table>
          )
        }
      </Loaded>
    </Panel>
  )
}

/** Packages of the registry; a search goes through names, descriptions, fields, config keys and READMEs. */
export const PackagesPage = () => {
  const { search } = useSearch({ from: "/packages" })
  const navigate = useNavigate({ from: "/packages" })
  const command = search === undefined ? "millrace search" : `millrace search ${shellWord(search)}`
  return (
    <>
      <PageHead title="Packages">
        <SearchField
          label="Name, field, config key, description"
          value={search ?? ""}
          change={(text) => void navigate({ search: text === "" ? {} : { search: text }, replace: true })}
        />
        <CliCommand command={command} />
      </PageHead>
      {search === undefined ? <All /> : <SearchHits text={search} />}
    </>
  )
}
