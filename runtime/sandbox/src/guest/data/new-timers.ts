import { keyIdOf, nullKeyId } from "./key-id.ts"
import { makeList, mapForEach, mapGet, MapOf, mapSet, sortInPlace } from "../realm/primordials.ts"

/** An event timer that a body has set in the call in hand. */
export interface NewTimer {
  /** Id of its map key; ids order as times do. */
  readonly id: string
  readonly mapKey: Uint8Array
  /** Of the record that set it. */
  readonly origin: number
  readonly timer: { readonly time: number; readonly key: Uint8Array | null; readonly tag: Uint8Array }
}

/** The event timers that bodies have set in the call in hand, some of which may have been taken back. */
export class NewTimers {
  private list: NewTimer[] = makeList()

  add(timer: NewTimer): void {
    this.list[this.list.length] = timer
  }

  /** Those due by `until` that are still set: of each key the earliest, in the order of time. The later ones wait. */
  take(until: number, isSet: (id: string) => boolean): readonly NewTimer[] {
    const earliest: Map<string, NewTimer> = new MapOf()
    const waiting = makeList<NewTimer>()
    for (let i = 0; i < this.list.length; i++) {
      const one = this.list[i]
      if (one.timer.time > until || !isSet(one.id)) continue
      const { key } = one.timer
      const keyId = key === null ? nullKeyId : keyIdOf(key, 0, key.length)
      const known = mapGet(earliest, keyId)
      if (known === undefined) mapSet(earliest, keyId, one)
      else if (one.id < known.id) {
        mapSet(earliest, keyId, one)
        waiting[waiting.length] = known
      } else if (one.id > known.id) waiting[waiting.length] = one
    }
    this.list = waiting
    const due = makeList<NewTimer>()
    mapForEach(earliest, (one) => {
      due[due.length] = one
    })
    return sortInPlace(due, (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  }
}
