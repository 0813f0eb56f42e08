import { addRecord, type Aggregate, combine, type Given, inPane, nothing } from "./aggregate.ts"
import type { Policy } from "./sliced-windows.ts"
import {
  type Alarm,
  type Arrival,
  type Closed,
  type Head,
  lateRecord,
  type Outcome,
  type Session,
  type Store
} from "./store.ts"

const tag = "session"

/**
 * Sessions of one group: records nearer than `gap` to each other, merged as they meet. A session's timer stays where it was
 * set while the session grows; when it fires too soon it is set again.
 *
 * A record is too late when its time + lateness is below the watermark. INVARIANT: a session that was forgotten ended no
 * later than any record that is still taken, so that which records make one does not depend on how partitions were read.
 */
export class SessionWindows {
  private readonly gap: number
  private readonly aggregates: readonly Aggregate[]
  private readonly policy: Policy

  constructor(gap: number, aggregates: readonly Aggregate[], policy: Policy) {
    this.gap = gap
    this.aggregates = aggregates
    this.policy = policy
  }

  add(arrival: Arrival, given: readonly Given[], store: Store, alarm: Alarm): Outcome {
    const { time, watermark } = arrival
    if (time + this.policy.lateness < watermark) return lateRecord
    const head = store.head.get() ?? {
      group: arrival.group,
      kept: 0,
      live: 0,
      next: null,
      last: null,
      delayed: []
    }
    const met = this.met(time, store)
    const first = met[0]
    const start = first === undefined ? time : Math.min(time, first[0])
    const session = this.merged(start, met, { pane: start, time, given }, alarm)
    for (const [other] of met) if (other !== start) store.sessions.delete(other)
    store.sessions.set(start, session)
    if (met.length !== 1) store.head.set({ ...head, kept: head.kept + 1 - met.length })
    if (!this.policy.updates) return { late: false, closed: [] }
    const { end, gathered } = session
    return { late: false, closed: [{ group: head.group, start, end, gathered }] }
  }

  fire(time: number, _tag: string, store: Store, alarm: Alarm): readonly Closed[] {
    const head = store.head.get()
    if (head === undefined) return []
    const closed: Closed[] = []
    let { kept } = head
    for (const [start, session] of store.sessions.entries()) {
      // Each by a timer of its own: results have the timer's time.
      if (session.due !== time) continue
      const isClosed = !session.given && session.end <= time
      if (isClosed && !this.policy.updates) closed.push(closedOf(head, start, session))
      const given = session.given || isClosed
      const due = given ? session.end + this.policy.lateness : session.end
      if (due <= time) {
        store.sessions.delete(start)
        kept -= 1
      } else {
        alarm.at(due, tag)
        store.sessions.set(start, { ...session, given, due })
      }
    }
    if (kept === 0) store.head.delete()
    else if (kept !== head.kept) store.head.set({ ...head, kept })
    return closed
  }

  private met(time: number, store: Store): readonly (readonly [number, Session])[] {
    const end = time + this.gap
    return [...store.sessions.entries()]
      .filter(([start, session]) => start < end && time < session.end)
      .toSorted(([left], [right]) => left - right)
  }

  private merged(
    start: number,
    met: readonly (readonly [number, Session])[],
    record: Parameters<typeof addRecord>[2],
    alarm: Alarm
  ): Session {
    const { aggregates } = this
    let gathered = nothing(aggregates)
    let end = record.time + this.gap
    let due: number | null = null
    for (const [from, session] of met) {
      const moved = from === start ? session.gathered : inPane(session.gathered, start)
      gathered = gathered.rows === 0 ? moved : combine(aggregates, gathered, moved, 1)
      end = Math.max(end, session.end)
      // What was given is given anew: its own timer may be long past.
      if (session.due !== null && !session.given)
        due = due === null ? session.due : Math.min(due, session.due)
    }
    if (due === null) {
      due = end
      alarm.at(due, tag)
    }
    return { end, due, given: false, gathered: addRecord(aggregates, gathered, record) }
  }
}

const closedOf = ({ group }: Head, start: number, { end, gathered }: Session): Closed => ({
  group,
  start,
  end,
  gathered
})
