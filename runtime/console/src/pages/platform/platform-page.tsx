import { Link } from "@tanstack/react-router"
import { lazy, Suspense } from "react"
import { CliCommand } from "../../parts/cli-command.tsx"
import { PageHead } from "../../shell/page-head.tsx"
import { PlatformStats } from "../overview/platform-stats.tsx"

const PlatformCharts = lazy(() =>
  import("../../parts/chart/platform-charts.tsx").then(({ PlatformCharts: found }) => ({ default: found }))
)

/** The platform as a whole over time: what all pipelines do, and what it takes. */
export const PlatformPage = () => (
  <>
    <PageHead title="Platform" trail={<Link to="/">Overview</Link>}>
      <CliCommand command="millrace dashboard --platform" />
    </PageHead>
    <PlatformStats />
    <Suspense fallback={<p className="waiting">Loading the charts …</p>}>
      <PlatformCharts />
    </Suspense>
  </>
)
