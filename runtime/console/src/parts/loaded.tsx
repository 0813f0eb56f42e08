import type { UseQueryResult } from "@tanstack/react-query"
import { Failure } from "./failure.tsx"

/** The answer of a call: waits for it, says why there is none, else shows it. */
export const Loaded = <A,>({
  children,
  query,
  what
}: {
  readonly query: UseQueryResult<A, Error>
  /** What is waited for, as in `the packages`. */
  readonly what: string
  readonly children: (answer: A) => React.ReactNode
}) => {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <Failure error={query.error} what={`Could not load ${what}`} />
  return (
    <p className="waiting" role="status">
      Loading {what} …
    </p>
  )
}
