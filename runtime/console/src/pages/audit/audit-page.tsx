import { Link, useSearch } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { Badge } from "../../parts/badge.tsx"
import { Empty } from "../../parts/empty.tsx"
import { countText } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"
import { Moment } from "../../parts/time.tsx"
import { PageHead } from "../../shell/page-head.tsx"

const columns: readonly Column[] = [
  { name: "#", isNumber: true },
  { name: "When" },
  { name: "Who" },
  { name: "Did" },
  { name: "To" },
  { name: "Detail", isExtra: true },
  { name: "Hash", isExtra: true }
]

/** Whether the chain of hashes holds from the first entry to the last. */
const Verification = () => {
  const result = useApi("GET /api/audit/verification", {})
  if (result.data === undefined) return null
  const { brokenAt, entries, head } = result.data
  return brokenAt === null ? (
    <span title={head}>
      <Badge tone="good">unbroken</Badge> <span className="dim num">{countText(entries)} entries</span>
    </span>
  ) : (
    <Badge tone="bad">broken at entry {brokenAt}: the store was changed from outside</Badge>
  )
}

/** Who did what, the newest first. Each entry's hash covers the one before. */
export const AuditPage = () => {
  const { after } = useSearch({ from: "/audit" })
  const audit = useApi(
    "GET /api/audit",
    { query: { limit: 100, ...(after === undefined ? {} : { after }) } },
    { keepsPrevious: true }
  )
  return (
    <>
      <PageHead title="Audit">
        <Verification />
      </PageHead>
      <Panel
        title="Writes, and refused attempts"
        isFlush
        aside={
          <>
            <Link to="/audit" className="button">
              Newest
            </Link>
            {audit.data?.next === null || audit.data === undefined ? null : (
              <Link to="/audit" search={{ after: audit.data.next }} className="button">
                Older
              </Link>
            )}
          </>
        }
      >
        <Loaded query={audit} what="the audit log">
          {({ entries }) =>
            entries.length === 0 ? (
              <Empty title="Nothing was written yet" />
            ) : (
              <Table label="Audit log" columns={columns}>
                {entries.map(({ action, actor, at, detail, hash, sequence, target }) => (
                  <tr key={sequence}>
                    <td className={classOf(true)}>{sequence}</td>
                    <td>
                      <Moment at={at} />
                    </td>
                    <td>{actor}</td>
                    <td>{action === "access.refused" ? <Badge tone="warning">{action}</Badge> : action}</td>
                    <td className="wrap-anywhere">{target}</td>
                    <td className="extra wrap-anywhere dim">
                      <code>{Object.keys(detail).length === 0 ? "" : JSON.stringify(detail)}</code>
                    </td>
                    <td className="extra">
                      <code className="dim" title={hash}>
                        {hash.slice(0, 10)}
                      </code>
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
