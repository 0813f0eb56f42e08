import type { LiveStatus } from "@millrace/sdk/api"
import { share } from "./share.ts"

/** `connecting`: no event yet. `lost`: tried again and again; what is shown is the last that came. */
export type Connection = "connecting" | "open" | "lost"

/** Events that sparklines look back: two minutes at one a second. */
export const historyLength = 120

/** Records a second, the newest last. */
export type Rates = readonly number[]

interface Snapshot {
  readonly status: LiveStatus | undefined
  readonly connection: Connection
  readonly frozenAt: number | undefined
}

let snapshot: Snapshot = { status: undefined, connection: "connecting", frozenAt: undefined }
/** What came while the view stands still. */
let held: LiveStatus | undefined
const histories = new Map<string, readonly number[]>()
/** Histories as sparklines draw them. */
const drawn = new Map<string, readonly number[]>()
let events = 0
const listeners = new Set<() => void>()
/** Told one frame after the others. */
const laterListeners = new Set<() => void>()
let isLaterDue = false

const publish = (next: Partial<Snapshot>): void => {
  snapshot = { ...snapshot, ...next }
  for (const listener of listeners) listener()
  if (isLaterDue || laterListeners.size === 0) return
  isLaterDue = true
  // Once what the others changed is painted.
  requestAnimationFrame(() => setTimeout(tellLater))
}

const tellLater = (): void => {
  isLaterDue = false
  for (const listener of laterListeners) listener()
}

/** A line of two minutes is drawn anew every so many events, and not all lines at the same one: many of them are dear to draw. */
const drawEvery = 4

const remember = (name: string, value: number): void => {
  const before = histories.get(name) ?? []
  const history = [...before.slice(1 - historyLength), value]
  histories.set(name, history)
  const turn = (name.charCodeAt(name.length - 1) + name.length) % drawEvery
  if (history.length < drawEvery || events % drawEvery === turn) drawn.set(name, history)
}

const record = (status: LiveStatus): void => {
  events += 1
  for (const pipeline of status.pipelines) {
    let read = 0
    let written = 0
    for (const { kind, node, rates } of pipeline.nodes) {
      remember(`${pipeline.pipeline}/${node}`, kind === "source" ? rates.out : rates.in)
      if (kind === "source") read += rates.out
      if (kind === "sink") written += rates.in
    }
    remember(pipeline.pipeline, Math.max(read, written))
  }
}

/** The live view: one event stream feeds it, components select from it. */
export const liveStore = {
  snapshot: (): Snapshot => snapshot,
  /** Rates of a pipeline (`movies`: what its sources give or its sinks take, whichever is more) or a node (`movies/rated`). */
  history: (name: string): Rates | undefined => drawn.get(name),
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  /** The same, a frame later: a page on which much changes at once is laid out and painted in two parts, each of them short. */
  subscribeLater: (listener: () => void): (() => void) => {
    laterListeners.add(listener)
    return () => void laterListeners.delete(listener)
  },
  receive: (status: LiveStatus): void => {
    if (snapshot.frozenAt !== undefined) {
      held = status
      if (snapshot.connection !== "open") publish({ connection: "open" })
      return
    }
    record(status)
    publish({ status: share(snapshot.status, status), connection: "open" })
  },
  lose: (): void => publish({ connection: snapshot.status === undefined ? "connecting" : "lost" }),
  /** Stops or moves the view; what came meanwhile is shown at once, and its rates are left out of the sparklines. */
  freeze: (isFrozen: boolean, now: number): void => {
    const status = held === undefined ? snapshot.status : share(snapshot.status, held)
    held = undefined
    publish({ frozenAt: isFrozen ? now : undefined, status })
  }
}
