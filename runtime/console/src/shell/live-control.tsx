import Pause from "lucide-react/dist/esm/icons/pause.mjs"
import Play from "lucide-react/dist/esm/icons/play.mjs"
import { liveStore } from "../live/live-store.ts"
import { useConnection, useFrozenAt } from "../live/use-live.ts"
import { Badge } from "../parts/badge.tsx"
import { clockText } from "../parts/format.ts"

/** Stops or moves the live view. */
export const toggleFreeze = (): void =>
  liveStore.freeze(liveStore.snapshot().frozenAt === undefined, Date.now())

/** Whether what is shown is live, and the switch that stops it. */
export const LiveControl = () => {
  const connection = useConnection()
  const frozenAt = useFrozenAt()
  return (
    <div className="row">
      <span role="status">
        {frozenAt !== undefined ? (
          <Badge tone="warning">frozen at {clockText(frozenAt)}</Badge>
        ) : connection === "open" ? (
          <Badge tone="good">live</Badge>
        ) : connection === "lost" ? (
          <Badge tone="bad">connection lost, trying again</Badge>
        ) : (
          <Badge tone="busy">connecting</Badge>
        )}
      </span>
      <button
        type="button"
        className="button"
        aria-pressed={frozenAt !== undefined}
        title="Stops everything that moves, so that it can be read (f)"
        onClick={toggleFreeze}
      >
        {frozenAt === undefined ? (
          <Pause size={13} aria-hidden="true" />
        ) : (
          <Play size={13} aria-hidden="true" />
        )}
        {frozenAt === undefined ? "Freeze" : "Go on"}
      </button>
    </div>
  )
}
