import type { AlertView, ApiError, SilenceRequest, SilenceView } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import { observedThresholds, thresholdKey } from "../rules/observed-thresholds.ts"
import { KeptRules } from "../rules/kept-rules.ts"
import type { RuleInForce } from "../rules/rules-in-force.ts"
import { type AlertTimes, scaledSeconds } from "../rules/scale.ts"
import { Samples } from "../samples.ts"
import { Watched } from "../watched.ts"
import { AlertBook } from "./book/alert-book.ts"
import { alertView, isSilencing } from "./book/alert-view.ts"
import { evaluateRules } from "./book/evaluate-rules.ts"
import { openKeptAlerts, tooShortMs } from "./kept-alerts.ts"
import { Groups } from "./notify/groups.ts"
import { makeNotifier } from "./notify/notifier.ts"
import type { NotifySettings } from "./notify/notify-settings.ts"
import { openSilences } from "./silences.ts"

export interface AlertsOptions {
  /** The platform's data folder: `alerts.json` and `silences.json` lie there. */
  readonly folder: string
  readonly times: AlertTimes
  readonly notify: NotifySettings
  /** Of the platform, once it listens; what notices point to. */
  readonly url: () => string
}

export interface AlertsShape {
  readonly times: AlertTimes
  /** Judges all rules by the newest samples, and tells what is due. */
  readonly evaluate: Effect.Effect<void>
  /** Of all pipelines, or of one. */
  readonly list: (pipeline: string | undefined) => Effect.Effect<readonly AlertView[]>
  readonly rules: Effect.Effect<readonly RuleInForce[]>
  readonly silences: Effect.Effect<readonly SilenceView[]>
  readonly silence: (request: SilenceRequest, by: string) => Effect.Effect<SilenceView, ApiError>
  readonly unsilence: (id: string) => Effect.Effect<void, ApiError>
}

/** How often thresholds that follow what is usual are taken anew. */
const observeSeconds = 600
const resolvedSeconds = 4 * 3_600

/** The alerts of this platform: their rules, their state, and who is told. */
export class Alerts extends Context.Service<Alerts, AlertsShape>()("millrace/observe/Alerts") {
  static readonly layer = (options: AlertsOptions) => Layer.effect(Alerts, makeAlerts(options))
}

const makeAlerts = Effect.fnUntraced(function* ({ folder, notify, times, url }: AlertsOptions) {
  const { history } = yield* Samples
  const watched = yield* Watched
  const path = yield* Path.Path
  const silences = yield* openSilences(path.join(folder, "silences.json"))
  const kept = yield* openKeptAlerts(path.join(folder, "alerts.json"))
  const before = yield* kept.read
  const startedAt = yield* Clock.currentTimeMillis
  const book = new AlertBook(
    {
      resolvedMs: scaledSeconds(times, resolvedSeconds) * 1_000,
      heldUntil: (alert) => startedAt + tooShortMs(alert, times)
    },
    before.known
  )
  const groups = new Groups(scaledWaits(notify, times), before.told)
  const notifier = yield* makeNotifier({ settings: notify, times, url })
  const thresholds = new UsualThresholds()

  const keptRules = new KeptRules()
  const rules = Effect.map(watched.pipelines, (pipelines) =>
    keptRules.of(pipelines, {
      times,
      observed: (rule, labels) => thresholds.of(thresholdKey(rule, labels))
    })
  )
  const evaluate = Effect.gen(function* () {
    const at = history.newest
    if (at === undefined) return
    if (thresholds.isOld(at, scaledSeconds(times, observeSeconds) * 1_000)) {
      keptRules.forget()
      thresholds.replace(
        at,
        observedThresholds(history, times, at),
        new Set(book.all().flatMap(({ force, state }) => (state === "resolved" ? [] : [keyOf(force)])))
      )
    }
    const isChanged = book.observe(at, evaluateRules(yield* rules, { history, times, at }))
    const inForce = silences.inForce(at)
    const loud = book.all().filter((alert) => !inForce.some((silence) => isSilencing(silence, alert, at)))
    const due = groups.due(at, loud)
    if (isChanged || due.length > 0) yield* kept.write(book.all(), groups.told)
    for (const notice of due) yield* notifier.tell(notice)
  })
  return Alerts.of({
    times,
    evaluate,
    rules,
    list: (pipeline) =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        book
          .all()
          .filter(({ labels }) => pipeline === undefined || labels["pipeline"] === pipeline)
          .map((alert) => alertView(alert, silences.inForce(now), now))
      ),
    silences: Effect.map(Clock.currentTimeMillis, silences.inForce),
    silence: silences.add,
    unsilence: silences.remove
  })
})

const keyOf = ({ labels, rule }: RuleInForce): string => thresholdKey(rule, labels)

/** Thresholds that follow what is usual. That of an alert stays while it lasts, or what is wrong would become the usual. */
class UsualThresholds {
  #at = -Infinity
  #values: ReadonlyMap<string, number> = new Map()

  of(key: string): number | undefined {
    return this.#values.get(key)
  }

  isOld(at: number, ageMs: number): boolean {
    return at - this.#at >= ageMs
  }

  replace(at: number, values: ReadonlyMap<string, number>, alerting: ReadonlySet<string>): void {
    const before = this.#values
    const stay = [...before].filter(([key]) => alerting.has(key))
    this.#at = at
    this.#values = new Map([...[...values].filter(([key]) => !alerting.has(key)), ...stay])
  }
}

const scaledWaits = ({ waits }: NotifySettings, times: AlertTimes) => ({
  group: scaledSeconds(times, waits.group),
  interval: scaledSeconds(times, waits.interval),
  repeat: scaledSeconds(times, waits.repeat)
})
