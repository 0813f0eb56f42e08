import { Link, Outlet, useRouter } from "@tanstack/react-router"
import Search from "lucide-react/dist/esm/icons/search.mjs"
import { lazy, Suspense, useEffect, useState } from "react"
import { useLive } from "../live/use-live.ts"
import { LiveControl } from "./live-control.tsx"
import { Navigation } from "./navigation.tsx"
import { listenForKeys } from "./shortcuts.ts"
import { ThemeSwitch } from "./theme-switch.tsx"
import { TokenDialog } from "./token-dialog.tsx"
import "./shell.css"

const SearchDialog = lazy(() =>
  import("./search-dialog.tsx").then(({ SearchDialog: found }) => ({ default: found }))
)
const HelpDialog = lazy(() =>
  import("./help-dialog.tsx").then(({ HelpDialog: found }) => ({ default: found }))
)

const Version = () => {
  const version = useLive((status) => status.version)
  return <span className="dim num">{version === undefined ? "" : `Millrace ${version}`}</span>
}

/** What stands around every page. */
export const Shell = () => {
  const router = useRouter()
  const [shown, setShown] = useState<"search" | "help">()
  useEffect(() => listenForKeys(router, setShown), [router])
  const close = (): void => setShown(undefined)
  return (
    <div className="shell">
      <a href="#page" className="skip">
        To the page
      </a>
      <header className="side">
        <Link to="/" className="brand" aria-label="Millrace, overview">
          <img src="/console.svg" alt="" width={18} height={18} />
          Millrace
        </Link>
        <Navigation />
        <div className="side-foot">
          <Version />
          <button type="button" className="keys-button" onClick={() => setShown("help")}>
            Keys <kbd>?</kbd>
          </button>
          <ThemeSwitch />
        </div>
      </header>
      <div className="top">
        <button type="button" className="button search-button" onClick={() => setShown("search")}>
          <Search size={13} aria-hidden="true" /> Go to <kbd>/</kbd>
        </button>
        <LiveControl />
      </div>
      <main id="page" className="page" tabIndex={-1}>
        <Outlet />
      </main>
      <TokenDialog />
      <Suspense>
        {shown === "search" ? <SearchDialog onClose={close} /> : null}
        {shown === "help" ? <HelpDialog onClose={close} /> : null}
      </Suspense>
    </div>
  )
}
