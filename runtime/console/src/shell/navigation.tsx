import { Link } from "@tanstack/react-router"
import Bell from "lucide-react/dist/esm/icons/bell.mjs"
import ChartLine from "lucide-react/dist/esm/icons/chart-line.mjs"
import Coins from "lucide-react/dist/esm/icons/coins.mjs"
import Database from "lucide-react/dist/esm/icons/database.mjs"
import Inbox from "lucide-react/dist/esm/icons/inbox.mjs"
import LayoutDashboard from "lucide-react/dist/esm/icons/layout-dashboard.mjs"
import Package from "lucide-react/dist/esm/icons/package.mjs"
import ScrollText from "lucide-react/dist/esm/icons/scroll-text.mjs"
import { useLive } from "../live/use-live.ts"
import { countText } from "../parts/format.ts"

const Count = ({ count, what }: { readonly count: number; readonly what: string }) =>
  count === 0 ? null : (
    <span className="nav-count" aria-label={`${count} ${what}`}>
      {countText(count)}
    </span>
  )

const DeadLetterCount = () => (
  <Count
    what="dead letters"
    count={useLive(({ pipelines }) => pipelines.reduce((sum, each) => sum + each.deadLetters, 0)) ?? 0}
  />
)

const AlertCount = () => (
  <Count
    what="alerts firing"
    count={useLive(({ pipelines }) => pipelines.reduce((sum, each) => sum + each.alerts.firing, 0)) ?? 0}
  />
)

/** The pages, with what waits on them. */
export const Navigation = () => (
  <nav className="nav" aria-label="Pages">
    <Link to="/" className="nav-link">
      <LayoutDashboard size={15} aria-hidden="true" /> Overview
    </Link>
    <Link to="/platform" className="nav-link">
      <ChartLine size={15} aria-hidden="true" /> Platform
    </Link>
    <Link to="/sources" className="nav-link">
      <Database size={15} aria-hidden="true" /> Sources
    </Link>
    <Link to="/packages" className="nav-link">
      <Package size={15} aria-hidden="true" /> Packages
    </Link>
    <Link to="/dead-letters" className="nav-link">
      <Inbox size={15} aria-hidden="true" /> Dead letters <DeadLetterCount />
    </Link>
    <Link to="/alerts" className="nav-link">
      <Bell size={15} aria-hidden="true" /> Alerts <AlertCount />
    </Link>
    <Link to="/cost" className="nav-link">
      <Coins size={15} aria-hidden="true" /> Cost
    </Link>
    <Link to="/audit" className="nav-link">
      <ScrollText size={15} aria-hidden="true" /> Audit
    </Link>
  </nav>
)
