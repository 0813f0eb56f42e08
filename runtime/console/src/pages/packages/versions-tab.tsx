import type { VersionSummary } from "@millrace/sdk/api"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { Badge, type Tone } from "../../parts/badge.tsx"
import { bytesText } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"
import { Moment } from "../../parts/time.tsx"
import type { VersionPlace } from "./version-place.ts"

const columns: readonly Column[] = [
  { name: "Version" },
  { name: "Published" },
  { name: "By", isExtra: true },
  { name: "Size", isNumber: true },
  { name: "Digest", isExtra: true },
  { name: "Mark" }
]
const changeColumns: readonly Column[] = [
  { name: "Needs" },
  { name: "Plugin" },
  { name: "Where", isExtra: true },
  { name: "What changed" }
]
const tones: { readonly [bump: string]: Tone } = { major: "bad", minor: "warning", patch: "quiet" }

/** The versions, and what the chosen one changed. */
export const VersionsTab = ({
  place,
  versions
}: {
  readonly place: VersionPlace
  readonly versions: readonly VersionSummary[]
}) => (
  <>
    <Panel title="Versions" isFlush aside={versions.length}>
      <Table label="Versions" columns={columns}>
        {versions.map(({ deprecated, integrity, publishedAt, publishedBy, sizeBytes, version, yanked }) => (
          <tr key={version} aria-selected={version === place.version}>
            <td className="num">
              <Link to="." search={{ tab: "versions", version }} resetScroll={false}>
                {version}
              </Link>
            </td>
            <td>
              <Moment at={publishedAt} />
            </td>
            <td className="extra">{publishedBy}</td>
            <td className={classOf(true)}>{bytesText(sizeBytes)}</td>
            <td className="extra">
              <code className="dim" title={integrity}>
                {integrity.slice(7, 17)}
              </code>
            </td>
            <td>
              {yanked === null ? null : <Badge tone="bad">yanked: {yanked}</Badge>}
              {deprecated === null ? null : <Badge tone="warning">deprecated: {deprecated}</Badge>}
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
    <Changes place={place} versions={versions} />
  </>
)

const Changes = ({
  place,
  versions
}: {
  readonly place: VersionPlace
  readonly versions: readonly VersionSummary[]
}) => {
  const { against } = useSearch({ from: "/packages/$scope/$name" })
  const navigate = useNavigate({ from: "/packages/$scope/$name" })
  const { name, scope, version } = place
  const description = useApi("GET /api/packages/:scope/:name/versions/:version/description", {
    params: { scope, name, version },
    query: against === undefined ? {} : { against }
  })
  const others = versions.filter((each) => each.version !== version)
  const choice = (
    <label>
      against{" "}
      <select
        className="field"
        value={against ?? description.data?.against ?? ""}
        onChange={({ target }) =>
          void navigate({ search: { tab: "versions", version, against: target.value }, resetScroll: false })
        }
      >
        {others.map((each) => (
          <option key={each.version}>{each.version}</option>
        ))}
      </select>
    </label>
  )
  return (
    <Panel title={`What ${version} changes`} isFlush aside={others.length === 0 ? undefined : choice}>
      <Loaded query={description} what="the changes">
        {({ against: other, changes, required }) =>
          other === null ? (
            <p className="waiting">It is the first: there is nothing to compare it with.</p>
          ) : changes.length === 0 ? (
            <p className="waiting">Contracts, config, permissions and state are those of {other}.</p>
          ) : (
            <>
              <p className="changes-head">
                Together they need a <b>{required}</b> version.
              </p>
              <Table label="Changes" columns={changeColumns}>
                {changes.map(({ bump, path, plugin, text, widens }) => (
                  <tr key={`${plugin} ${path} ${text}`}>
                    <td>
                      <Badge tone={tones[bump] ?? "quiet"}>{bump}</Badge>
                    </td>
                    <td>{plugin}</td>
                    <td className="extra">
                      <code className="dim">{path}</code>
                    </td>
                    <td>
                      {text} {widens ? <span className="tag">asks for more</span> : null}
                    </td>
                  </tr>
                ))}
              </Table>
            </>
          )
        }
      </Loaded>
    </Panel>
  )
}
