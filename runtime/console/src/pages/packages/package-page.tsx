import { Link, useParams, useSearch } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { Badge } from "../../parts/badge.tsx"
import { CliCommand } from "../../parts/cli-command.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Tabs } from "../../parts/tabs.tsx"
import { PageHead } from "../../shell/page-head.tsx"
import { ContractTab } from "./contract-tab.tsx"
import { ReadmeTab } from "./readme-tab.tsx"
import { UsesTab } from "./uses-tab.tsx"
import { VersionsTab } from "./versions-tab.tsx"
import "./packages.css"

const tabs = {
  contract: "Contract and permissions",
  readme: "README",
  versions: "Versions",
  uses: "Who uses it"
} as const
type Tab = keyof typeof tabs

const isTab = (name: string | undefined): name is Tab => name !== undefined && Object.hasOwn(tabs, name)

/** A package: what a version takes, gives and asks for, its README, what versions changed, and who uses it. */
export const PackagePage = () => {
  const params = useParams({ from: "/packages/$scope/$name" })
  const { tab, version: wanted } = useSearch({ from: "/packages/$scope/$name" })
  const full = `${params.scope}/${params.name}`
  const detail = useApi("GET /api/packages/:scope/:name", { params })
  const chosen = isTab(tab) ? tab : "contract"
  return (
    <>
      <PageHead title={full} trail={<Link to="/packages">Packages</Link>}>
        <CliCommand command={`millrace add ${full}`} />
      </PageHead>
      <Loaded query={detail} what={full}>
        {({ description, latest, versions }) => {
          const version = wanted ?? latest ?? versions[0]?.version ?? ""
          const mark = versions.find((each) => each.version === version)
          const place = { ...params, version }
          return (
            <>
              <div className="row">
                <b className="num">{version}</b>
                {version === latest ? <span className="tag">latest</span> : null}
                {mark?.yanked === null || mark === undefined ? null : (
                  <Badge tone="bad">yanked: {mark.yanked}</Badge>
                )}
                {mark?.deprecated === null || mark === undefined ? null : (
                  <Badge tone="warning">deprecated: {mark.deprecated}</Badge>
                )}
                <span>{description}</span>
              </div>
              <Tabs label="Views of the package" names={tabs} chosen={chosen} keeps={{ version: wanted }} />
              {chosen === "contract" ? <ContractTab place={place} /> : null}
              {chosen === "readme" ? <ReadmeTab place={place} /> : null}
              {chosen === "versions" ? <VersionsTab place={place} versions={versions} /> : null}
              {chosen === "uses" ? <UsesTab name={full} /> : null}
            </>
          )
        }}
      </Loaded>
    </>
  )
}
