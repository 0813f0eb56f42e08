import { useSyncExternalStore } from "react"

const stepMs = 5_000
let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, stepMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time, moved on every five seconds for all who show an age. */
export const useNow = (): number =>
  useSyncExternalStore(subscribe, () => {
    // The first who asks after a pause sees no old time.
    if (timer === undefined && Date.now() - now > stepMs) now = Date.now()
    return now
  })
