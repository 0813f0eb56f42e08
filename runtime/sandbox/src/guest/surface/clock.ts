// oxlint-disable typescript/unbound-method -- methods are taken from their prototypes on purpose, and given their `this`
import {
  DateOf,
  globalObject,
  ObjectDefineProperty,
  ReflectApply,
  ReflectConstruct
} from "../realm/primordials.ts"
import type { RunClock } from "../realm/run-clock.ts"

/** `Date` at the batch's recorded time, and `Math.random` from the batch's seed: a batch that is run again sees the same. */
export function installClock(clock: RunClock): void {
  const RealDate = DateOf
  const FixedDate = function (...given: readonly unknown[]): unknown {
    if (new.target === undefined) return new RealDate(clock.now).toString()
    return ReflectConstruct(RealDate, given.length === 0 ? [clock.now] : given, new.target)
  }
  ObjectDefineProperty(FixedDate, "name", { value: "Date" })
  ObjectDefineProperty(FixedDate, "length", { value: 7 })
  ObjectDefineProperty(FixedDate, "prototype", { value: RealDate.prototype, writable: false })
  ObjectDefineProperty(FixedDate, "now", { value: () => clock.now, writable: true, configurable: true })
  ObjectDefineProperty(FixedDate, "UTC", { value: RealDate.UTC, writable: true, configurable: true })
  ObjectDefineProperty(FixedDate, "parse", { value: RealDate.parse, writable: true, configurable: true })
  ObjectDefineProperty(RealDate.prototype, "constructor", {
    value: FixedDate,
    writable: true,
    configurable: true
  })
  ObjectDefineProperty(globalObject, "Date", {
    value: FixedDate,
    writable: true,
    configurable: true,
    enumerable: false
  })
  ObjectDefineProperty(Math, "random", { value: () => clock.random(), writable: true, configurable: true })
  fixFormats(clock)
}

/** Intl's formats take the real time where no date is given. */
function fixFormats(clock: RunClock): void {
  const prototype = Intl.DateTimeFormat.prototype
  const formatGetter = Object.getOwnPropertyDescriptor(prototype, "format")?.get
  const toParts = prototype.formatToParts
  if (formatGetter !== undefined) {
    ObjectDefineProperty(prototype, "format", {
      configurable: true,
      get(this: Intl.DateTimeFormat) {
        const format: (date: unknown) => string = ReflectApply(formatGetter, this, [])
        return (date: unknown) => format(date === undefined ? clock.now : date)
      }
    })
  }
  ObjectDefineProperty(prototype, "formatToParts", {
    configurable: true,
    writable: true,
    value(this: Intl.DateTimeFormat, date: unknown) {
      return ReflectApply(toParts, this, [date === undefined ? clock.now : date])
    }
  })
}
