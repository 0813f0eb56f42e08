import { Badge, type Tone } from "./badge.tsx"

const tones: { readonly [state: string]: Tone } = {
  running: "good",
  waiting: "good",
  completed: "quiet",
  stopped: "quiet",
  paused: "warning",
  degraded: "bad",
  failed: "bad",
  starting: "busy",
  retrying: "warning"
}

/** The state of a pipeline or a task. */
export const State = ({ state }: { readonly state: string }) => (
  <Badge tone={tones[state] ?? "quiet"}>{state}</Badge>
)
