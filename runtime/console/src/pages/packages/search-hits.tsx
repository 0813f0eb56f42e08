import { Link } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { Empty } from "../../parts/empty.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { type Column, Table } from "../../parts/table.tsx"

const columns: readonly Column[] = [
  { name: "Name" },
  { name: "Version" },
  { name: "Plugins", isExtra: true },
  { name: "Found in" }
]

const NameLink = ({ kind, name }: { readonly kind: string; readonly name: string }) => {
  const [scope = "", bare = ""] = name.split("/")
  return kind === "package" ? (
    <Link to="/packages/$scope/$name" params={{ scope, name: bare }}>
      {name}
    </Link>
  ) : (
    <Link to="/sources/$stream" params={{ stream: name }}>
      {name}
    </Link>
  )
}

/** Packages and contracts that a text was found in, the best first. */
export const SearchHits = ({ text }: { readonly text: string }) => {
  const found = useApi("GET /api/search", { query: { text, limit: 100 } }, { keepsPrevious: true })
  return (
    <Panel title={`Found for “${text}”`} isFlush aside={found.data?.hits.length}>
      <Loaded query={found} what="what was found">
        {({ hits }) =>
          hits.length === 0 ? (
            <Empty title={`Nothing has “${text}” in its name, fields, config or description`} />
          ) : (
            <Table label="Found" columns={columns}>
              {hits.map(({ description, kind, matches, name, plugins, version }) => (
                <tr key={`${kind} ${name}`}>
                  <td>
                    <NameLink kind={kind} name={name} /> <span className="tag">{kind}</span>
                    {description === null ? null : <div className="dim">{description}</div>}
                  </td>
                  <td className="num">{version}</td>
                  <td className="extra dim">
                    {plugins.map((each) => `${each.name} (${each.kind})`).join(", ")}
                  </td>
                  <td className="dim wrap-anywhere">
                    {matches.map((match) => (
                      <div key={`${match.in} ${match.text}`}>
                        <span className="tag">{match.in}</span> {match.text}
                      </div>
                    ))}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Loaded>
    </Panel>
  )
}
