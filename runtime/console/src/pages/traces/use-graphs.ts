import type { PipelineGraph } from "@millrace/sdk/api"
import { useQueries } from "@tanstack/react-query"
import { call } from "../../api/call.ts"
import type { Graphs } from "./trace-rows.ts"

const route = "GET /api/status/:pipeline/graph"

/** Graphs of these pipelines, of those that run. */
export const useGraphs = (pipelines: readonly string[]): Graphs =>
  useQueries({
    queries: pipelines.map((pipeline) => {
      const request = { params: { pipeline } }
      return { queryKey: [route, request], queryFn: () => call(route, request), retry: false }
    }),
    combine: (results) =>
      new Map(
        results.flatMap(({ data }): (readonly [string, PipelineGraph])[] =>
          data === undefined ? [] : [[data.pipeline, data]]
        )
      )
  })
