import type { RecordView } from "@millrace/sdk/api"
import { useQuery, type UseQueryResult } from "@tanstack/react-query"
import { call } from "../../api/call.ts"
import type { Refusal } from "../../api/refusal.ts"
import { useIsFrozen } from "../../live/use-live.ts"

const everyMs = 2_000

/** The newest records of a topic, of each partition as many; control records left out. */
const newestOf = async (name: string, each: number, signal: AbortSignal): Promise<readonly RecordView[]> => {
  const topics = await call("GET /api/topics", {}, signal)
  const ends = topics.find((topic) => topic.name === name)?.ends ?? []
  const pages = await Promise.all(
    ends.map((end, partition) => {
      const from = String(Math.max(0, Number(end) - each))
      const asked = { params: { topic: name }, query: { partition, from, limit: each } }
      return call("GET /api/topics/:topic/records", asked, signal)
    })
  )
  return pages.flatMap(({ records }) => records).filter(({ control }) => control === undefined)
}

/** The newest records of a topic, asked for again while the view moves. */
export const useNewest = (
  topic: string | undefined,
  each: number
): UseQueryResult<readonly RecordView[], Refusal> => {
  const isFrozen = useIsFrozen()
  return useQuery<readonly RecordView[], Refusal>({
    queryKey: ["newest", topic, each],
    queryFn: ({ signal }) => newestOf(topic ?? "", each, signal),
    enabled: topic !== undefined,
    refetchInterval: isFrozen ? false : everyMs
  })
}
