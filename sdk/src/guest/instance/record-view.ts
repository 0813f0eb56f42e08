import type { Uses } from "../../capability/capability.ts"
import type { RecordContext } from "../../plugin/record-context.ts"
import type { GuestHost, GuestRecord } from "../abi.ts"

/** Makes a body's context for each record. */
export type ViewRecord = (record: GuestRecord) => RecordContext<unknown>

/**
 * The class of a plugin's contexts, made when it is opened. What does not change with the record (config, tables, logs,
 * host handles) lies on the prototype; the rest are getters there, so that a record costs one small object and what a
 * body does not ask for costs nothing.
 */
export const recordViewer = (config: unknown, uses: Uses, host: GuestHost): ViewRecord => {
  class RecordView implements RecordContext<unknown> {
    declare readonly config: unknown
    readonly #record: GuestRecord
    /** Handles that the body has asked for, by their place; none, while it has asked for none. */
    #handles: unknown[] | undefined = undefined
    constructor(record: GuestRecord) {
      this.#record = record
    }
    get key() {
      return this.#record.key
    }
    get timestamp() {
      return this.#record.timestamp
    }
    get watermark() {
      return this.#record.watermark
    }
    get headers() {
      return this.#record.headers
    }
    get position() {
      return this.#record.position
    }
    get now() {
      return this.#record.now
    }
    get random() {
      return () => this.#record.random()
    }
    get stamp() {
      return <Value extends object>(value: Value, timestamp: number, watermark = -Infinity): Value => {
        this.#record.stamp(value, timestamp, watermark)
        return value
      }
    }
    get tombstone() {
      return <Value extends object>(value: Value): Value => {
        this.#record.tombstone(value)
        return value
      }
    }
    static handle(view: RecordView, place: number, make: (record: GuestRecord) => unknown): unknown {
      view.#handles ??= []
      return (view.#handles[place] ??= make(view.#record))
    }
  }
  define(RecordView.prototype, "config", { value: config })
  for (const [place, [name, { need }]] of Object.entries(uses).entries()) {
    if (need.need === "state" || need.need === "timers") {
      const make = (record: GuestRecord): unknown => need.make(record, name)
      define(RecordView.prototype, name, {
        get(this: RecordView) {
          return RecordView.handle(this, place, make)
        }
      })
    } else {
      define(RecordView.prototype, name, { value: need.make(host, name, config) })
    }
  }
  return (record) => new RecordView(record)
}

const define = (target: object, name: string, property: PropertyDescriptor) =>
  Object.defineProperty(target, name, { ...property, enumerable: true })

/** The handles of a source or a sink, which have no keyed state. */
export const plainHandles = (
  uses: Uses,
  host: GuestHost,
  config: unknown
): { readonly [name: string]: unknown } =>
  Object.fromEntries(
    Object.entries(uses).map(([name, { need }]) => {
      if (need.need === "state" || need.need === "timers")
        throw new Error(`uses.${name}: only a processor has keyed state and timers`)
      return [name, need.make(host, name, config)]
    })
  )
