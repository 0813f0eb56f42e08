import { Link } from "@tanstack/react-router"
import { CliCommand } from "../../parts/cli-command.tsx"
import { PageHead } from "../../shell/page-head.tsx"
import { AttentionPanel } from "./attention-panel.tsx"
import { PipelineTable } from "./pipeline-table.tsx"
import { PlatformStats } from "./platform-stats.tsx"
import { SandboxPanel } from "./sandbox-panel.tsx"
import "./overview.css"

/** Where one begins: what asks for a look, what runs, and on what. */
export const OverviewPage = () => (
  <>
    <PageHead title="Overview">
      <Link to="/platform">the platform over time</Link>
      <CliCommand command="millrace status" />
    </PageHead>
    <PlatformStats />
    <AttentionPanel />
    <PipelineTable />
    <SandboxPanel />
  </>
)
