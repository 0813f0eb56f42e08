import { act } from "../../api/act.ts"
import { useLivePipeline } from "../../live/use-live.ts"
import { Action } from "../../parts/action.tsx"
import { shellWord } from "../../parts/cli-command.tsx"

/** Stops and goes on. */
export const PipelineActions = ({ pipeline }: { readonly pipeline: string }) => {
  const state = useLivePipeline(pipeline)?.state
  if (state === undefined || state === "completed") return null
  const isStopped = state === "paused" || state === "degraded" || state === "failed"
  return isStopped ? (
    <Action
      title="Resume"
      command={`millrace pipeline resume ${shellWord(pipeline)}`}
      run={() => act("POST /api/status/:pipeline/resume", { params: { pipeline } })}
    />
  ) : (
    <Action
      title="Pause"
      command={`millrace pipeline pause ${shellWord(pipeline)}`}
      run={() => act("POST /api/status/:pipeline/pause", { params: { pipeline } })}
    />
  )
}
