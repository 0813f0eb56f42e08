import type { PipelineGraph } from "@millrace/sdk/api"
import { useQueries, type UseQueryResult } from "@tanstack/react-query"
import { call } from "../../api/call.ts"
import type { Graphs } from "./trace-rows.ts"

const route = "GET /api/status/:pipeline/graph"

const found = (results: readonly UseQueryResult<PipelineGraph>[]): Graphs | undefined =>
  results.some(({ isPending }) => isPending)
    ? undefined
    : new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[data.pipeline, data] as const])))

/** Graphs of these pipelines, of those that run; undefined until all have answered. */
export const useGraphs = (pipelines: readonly string[]): Graphs | undefined =>
  useQueries({
    queries: pipelines.map((pipeline) => {
      const request = { params: { pipeline } }
      return { queryKey: [route, request], queryFn: () => call(route, request), retry: false }
    }),
    combine: found
  })
