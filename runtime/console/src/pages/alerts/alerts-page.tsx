import { Link, useSearch } from "@tanstack/react-router"
import { PageHead } from "../../shell/page-head.tsx"
import { AlertPanel } from "./alert-panel.tsx"
import { SilencePanel } from "./silence-panel.tsx"

/** What fires, what is about to, what lately did, and what is kept quiet. */
export const AlertsPage = () => {
  const { pipeline } = useSearch({ from: "/alerts" })
  return (
    <>
      <PageHead title={pipeline === undefined ? "Alerts" : `Alerts of ${pipeline}`}>
        {pipeline === undefined ? null : <Link to="/alerts">of all pipelines</Link>}
      </PageHead>
      <AlertPanel pipeline={pipeline} />
      <SilencePanel />
    </>
  )
}
