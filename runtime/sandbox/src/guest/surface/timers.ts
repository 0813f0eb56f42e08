import type { HostRequests } from "../realm/host-requests.ts"
import {
  globalObject,
  isFunction,
  ObjectDefineProperty,
  PromiseOf,
  promiseThen,
  ReflectApply,
  TypeErrorOf
} from "../realm/primordials.ts"

/** Timers wait in the worker; those of no delay, and microtasks, stay in the guest. They last as long as the call. */
export function installTimers(requests: HostRequests): void {
  const start = (run: unknown, delay: unknown, given: readonly unknown[]): number => {
    if (!isFunction(run)) throw new TypeErrorOf("the callback must be a function")
    return requests.startTimer(
      () => ReflectApply(run, undefined, given),
      typeof delay === "number" ? delay : 0
    )
  }
  const stop = (timer: unknown): void => {
    if (typeof timer === "number") requests.stopTimer(timer)
  }
  offer("setTimeout", (run: unknown, delay: unknown, ...given: readonly unknown[]) =>
    start(run, delay, given)
  )
  offer("setImmediate", (run: unknown, ...given: readonly unknown[]) => start(run, 0, given))
  offer("clearTimeout", stop)
  offer("clearImmediate", stop)
  offer("setInterval", (run: unknown, delay: unknown, ...given: readonly unknown[]) =>
    startInterval(run, delay, given)
  )
  offer("clearInterval", (interval: unknown) => stopInterval(interval))
  offer("queueMicrotask", (run: unknown) => {
    if (!isFunction(run)) throw new TypeErrorOf("the callback must be a function")
    const settled: Promise<unknown> = PromiseOf.resolve()
    void promiseThen(settled, () => {
      ReflectApply(run, undefined, [])
    })
  })

  class Interval {
    timer = 0
    isStopped = false
  }
  function startInterval(run: unknown, delay: unknown, given: readonly unknown[]): Interval {
    const interval = new Interval()
    const period = typeof delay === "number" && delay >= 1 ? delay : 1
    const tick = (): void => {
      if (interval.isStopped || !isFunction(run)) return
      interval.timer = start(tick, period, [])
      ReflectApply(run, undefined, given)
    }
    interval.timer = start(tick, period, [])
    return interval
  }
  function stopInterval(interval: unknown): void {
    if (!(interval instanceof Interval)) return
    interval.isStopped = true
    stop(interval.timer)
  }
}

export function offer(name: string, value: unknown): void {
  ObjectDefineProperty(globalObject, name, { value, writable: true, configurable: true, enumerable: false })
}
