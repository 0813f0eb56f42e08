import type { TraceOutcome } from "@millrace/sdk/api"
import { Badge, type Tone } from "../../parts/badge.tsx"

const tones: { readonly [O in TraceOutcome]: Tone } = { handled: "good", filtered: "quiet", failed: "bad" }

/** What became of a sampled record. */
export const Outcome = ({ outcome }: { readonly outcome: TraceOutcome }) => (
  <Badge tone={tones[outcome]}>{outcome}</Badge>
)
