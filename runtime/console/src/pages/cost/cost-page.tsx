import { useSearch } from "@tanstack/react-router"
import { CliCommand } from "../../parts/cli-command.tsx"
import { Tabs } from "../../parts/tabs.tsx"
import { PageHead } from "../../shell/page-head.tsx"
import { CostTable } from "./cost-table.tsx"

const tabs = { plugin: "By plugin", owner: "By owner", pipeline: "By pipeline" } as const
type Tab = keyof typeof tabs

const isTab = (name: string | undefined): name is Tab => name !== undefined && Object.hasOwn(tabs, name)

/** What runs here took of the platform, by what it is and by whose. */
export const CostPage = () => {
  const { tab } = useSearch({ from: "/cost" })
  const by = isTab(tab) ? tab : "plugin"
  return (
    <>
      <PageHead title="Cost">
        <CliCommand command={by === "plugin" ? "millrace cost" : `millrace cost --by ${by}`} />
      </PageHead>
      <Tabs label="Added up by" names={tabs} chosen={by} />
      <CostTable key={by} by={by} />
    </>
  )
}
