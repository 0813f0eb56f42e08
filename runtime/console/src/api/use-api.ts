import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query"
import { useIsFrozen } from "../live/use-live.ts"
import { call } from "./call.ts"
import type { Refusal } from "./refusal.ts"
import type { ReplyOf, RequestOf, Route } from "./routes.ts"

interface ApiOptions {
  /** Asks again so often; not while the view is frozen. */
  readonly everySeconds?: number
  readonly isWanted?: boolean
  /** Shows what was asked for before until the new answer is there. */
  readonly keepsPrevious?: boolean
}

/** What a route of the API answers, kept and asked again. */
export const useApi = <R extends Route>(
  route: R,
  request: RequestOf<R>,
  { everySeconds, isWanted = true, keepsPrevious = false }: ApiOptions = {}
): UseQueryResult<ReplyOf<R>, Refusal> => {
  const isFrozen = useIsFrozen()
  return useQuery<ReplyOf<R>, Refusal>({
    queryKey: [route, request],
    queryFn: ({ signal }) => call(route, request, signal),
    enabled: isWanted,
    refetchInterval: everySeconds === undefined || isFrozen ? false : everySeconds * 1_000,
    ...(keepsPrevious ? { placeholderData: keepPreviousData } : {})
  })
}
