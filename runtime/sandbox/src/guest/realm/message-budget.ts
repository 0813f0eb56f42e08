import { JsonWriter, toPlainText } from "./plain-text.ts"
import {
  hasOwn,
  mapGet,
  mapHas,
  MapOf,
  mapSet,
  mapSize,
  NumberIsFinite,
  ObjectCreate
} from "./primordials.ts"

/** Per call of a node; what is beyond is counted and dropped. */
const maxLogs = 1000
const maxLogCharacters = 262_144
const maxMetrics = 10_000
/** Different label sets of one handle in a guest's life; further ones are counted under `other`. */
const maxLabelSets = 100
const maxLabelsLength = 1024
const maxNameLength = 200
const otherLabels = '{"labels":"other"}'

const levels = ObjectCreate(null)
levels["debug"] = levels["info"] = levels["warn"] = levels["error"] = true
const kinds = ObjectCreate(null)
kinds["counter"] = kinds["histogram"] = true

interface Said {
  readonly logs: JsonWriter
  readonly metrics: JsonWriter
  readonly logCount: number
  readonly metricCount: number
  readonly dropped: number
}

/** Logs and metrics of a call, as JSON text; `disableLimits` is for tests of the limits alone. */
export class MessageBudget {
  private logs = new JsonWriter().open("[")
  private metrics = new JsonWriter().open("[")
  private logCount = 0
  private metricCount = 0
  private dropped = 0
  private known: Said | undefined = undefined
  private readonly labelSets: Map<string, Map<string, boolean>> = new MapOf()
  private readonly isLimited: boolean

  constructor(isLimited: boolean) {
    this.isLimited = isLimited
  }

  log(level: unknown, message: unknown, fieldsJson: unknown): void {
    if (this.isLimited && (this.logCount >= maxLogs || this.logs.length > maxLogCharacters)) {
      this.dropped += 1
      return
    }
    this.logCount += 1
    this.logs
      .open("{")
      .name("level")
      .string(typeof level === "string" && hasOwn(levels, level) ? level : "info")
      .name("message")
      .string(this.plain(message, 4096))
      .name("fields")
      .string(this.plain(fieldsJson, 4096))
      .close("}")
  }

  metric(handle: unknown, kind: unknown, labelsJson: unknown, value: unknown): void {
    const isKnown =
      typeof kind === "string" && hasOwn(kinds, kind) && typeof handle === "string" && NumberIsFinite(value)
    if (!isKnown || (this.isLimited && this.metricCount >= maxMetrics)) {
      this.dropped += 1
      return
    }
    this.metricCount += 1
    this.metrics
      .open("{")
      .name("handle")
      .string(this.plain(handle, maxNameLength))
      .name("kind")
      .string(kind)
      .name("labels")
      .string(this.boundedLabels(handle, labelsJson))
      .name("value")
      .number(value)
      .close("}")
  }

  private boundedLabels(handle: string, labelsJson: unknown): string {
    const labels = this.plain(labelsJson, maxLabelsLength)
    if (!this.isLimited) return labels
    const known: Map<string, boolean> = mapGet(this.labelSets, handle) ?? new MapOf()
    mapSet(this.labelSets, handle, known)
    if (mapHas(known, labels)) return labels
    if (mapSize(known) >= maxLabelSets) return otherLabels
    mapSet(known, labels, true)
    return labels
  }

  private plain(text: unknown, maxLength: number): string {
    if (typeof text !== "string") return ""
    return this.isLimited ? toPlainText(text, maxLength) : text
  }

  /** Writes `"logs":[…],"metrics":[…],"dropped":n` and starts anew. */
  take(report: JsonWriter): void {
    report.name("logs").raw(this.logs.close("]").toString())
    report.name("metrics").raw(this.metrics.close("]").toString())
    report.name("dropped").number(this.dropped)
    this.forget()
  }

  /** What is said from here on is tried: {@link untry} forgets it. */
  try(): void {
    this.known = {
      logs: this.logs.copy(),
      metrics: this.metrics.copy(),
      logCount: this.logCount,
      metricCount: this.metricCount,
      dropped: this.dropped
    }
  }

  /** Forgets what was said since {@link try}, if nobody took it: it is said again by those who do the work again. */
  untry(): void {
    const { known } = this
    if (known === undefined) return
    this.logs = known.logs
    this.metrics = known.metrics
    this.logCount = known.logCount
    this.metricCount = known.metricCount
    this.dropped = known.dropped
    this.known = undefined
  }

  private forget(): void {
    this.known = undefined
    this.logs = new JsonWriter().open("[")
    this.metrics = new JsonWriter().open("[")
    this.logCount = 0
    this.metricCount = 0
    this.dropped = 0
  }
}
