import { type ErrorComponentProps, Link, useLocation } from "@tanstack/react-router"
import { Empty } from "../parts/empty.tsx"
import { Failure } from "../parts/failure.tsx"
import { PageHead } from "./page-head.tsx"

/** The page itself failed: a fault of the console's, or of the way to its files. */
export const PageFailure = ({ error }: ErrorComponentProps) => (
  <Failure
    error={error instanceof Error ? error : new Error(String(error))}
    what="This page could not be shown"
  />
)

/** There is no such page. */
export const PageUnknown = () => {
  const { pathname } = useLocation()
  return (
    <>
      <PageHead title="Not here" />
      <Empty title={`There is no page ${pathname}`}>
        Go back to the <Link to="/">overview</Link>, or press <kbd>/</kbd> and look for it by name.
      </Empty>
    </>
  )
}
