import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { openBundler } from "@millrace/sdk/build"
import type { TaskFailure } from "../../worker/task/task-failure.ts"
import { LogBuffer } from "../../controller/log-buffer.ts"
import { RunningPipelines } from "../../controller/running-pipelines.ts"
import { CommandError, CommandErrors } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { configFiles } from "./config.ts"
import type { DevOptions } from "./dev-options.ts"
import { findEntry } from "./entry.ts"
import { openFeeds } from "./feeds.ts"
import { ownRecordFiles } from "./input/own-records.ts"
import { openTap } from "./input/tapped-stream.ts"
import { openKeys } from "./keys.ts"
import { type Loaded, loadPlugin } from "./load-plugin.ts"
import { LoadFailed, placed } from "./load/problem.ts"
import { openWorkshop, type Workshop } from "./open-workshop.ts"
import { beginAnew } from "./restart.ts"
import type { Screen } from "./view/screen.ts"
import { openScreen } from "./view/screen.ts"
import { platformLogger } from "./view/platform-logger.ts"
import { shownPath } from "./load/source-places.ts"
import { watchFiles } from "./watch-files.ts"

type Order =
  | { readonly order: "load"; readonly savedAt: number; readonly isNamed: boolean }
  | { readonly order: "key"; readonly key: string }
  | { readonly order: "stop" }

/** Works on a plugin until it is told to end: loads it, feeds it, shows what it does, and loads it again at each save. */
export const runDev = Effect.fn("runDev")(function* (options: DevOptions) {
  const screen = yield* openScreen(options.json)
  yield* Effect.provide(session(options, screen), Logger.layer([platformLogger(screen.show)]))
})

const session = Effect.fnUntraced(function* (options: DevOptions, screen: Screen) {
  const entry = yield* findEntry(options.entry)
  const orders = yield* Queue.unbounded<Order>()
  const bundler = yield* openBundler({ entry: entry.module })
  const watching = yield* watchFiles([
    entry.module,
    ...configFiles(options.config),
    ...ownRecordFiles(options.records)
  ])
  const workshop = yield* openWorkshop(options, screen.show)
  const { platform } = workshop
  const up = {
    event: "up",
    url: platform.url,
    data: shownPath(options.data, process.cwd()),
    entry: shownPath(entry.module, process.cwd())
  } as const
  screen.show(up)
  const tapped = options.from === undefined ? undefined : yield* openTap(options.from)
  const keys = yield* openKeys
  if (keys.isTerminal && !options.json) screen.show({ event: "keys" })
  const feeds = yield* openFeeds(workshop.transport, options.rate, screen.show)
  let last: Loaded | undefined
  let attempt = 0
  const scope = yield* Effect.scope
  const logged = new Set<string>()

  const load = Effect.fnUntraced(function* (savedAt: number | undefined, isNamed: boolean) {
    attempt += 1
    const outcome = yield* Effect.result(
      loadPlugin({
        options,
        entry,
        bundler,
        onFiles: watching.include,
        workshop,
        feeds,
        screen,
        keys,
        tapped,
        last,
        savedAt
      })
    )
    if (outcome._tag === "Failure") {
      const error = outcome.failure
      if (!(error instanceof LoadFailed)) return yield* Effect.fail(error)
      if (attempt === 1 && error.problems.some(({ code }) => endsAtStart.has(code)))
        return yield* asCommand(error)
      for (const problem of error.problems)
        screen.show({ event: "problem", stage: error.stage, keepsRunning: last !== undefined, ...problem })
      return
    }
    const loaded = outcome.success
    if (loaded === undefined) {
      // Of a file beside it nothing is said: it may be where our own output goes.
      if (isNamed) screen.show({ event: "unchanged" })
      return
    }
    const isFirst = last === undefined
    last = loaded
    workshop.troubles.clear()
    const pipeline = loaded.swapped.pipeline.name
    if (!logged.has(pipeline)) {
      logged.add(pipeline)
      yield* Effect.forkIn(tellLogs(screen, pipeline), scope)
    }
    const now = yield* Clock.currentTimeMillis
    const { inputs, kind, plugin, swapped, took } = loaded
    screen.show({
      event: "loaded",
      plugin,
      kind,
      revision: swapped.revision,
      inputs,
      outputs: swapped.pipeline.outputs,
      took,
      ...(savedAt === undefined ? {} : { afterSaveMs: now - savedAt })
    })
    yield* workshop.watch.follow({ pipeline: swapped.pipeline, kind, inputs }, savedAt)
    yield* loaded.feed
    if (isFirst && kind === "source") yield* rerunEnded(swapped.pipeline.name)
  })

  /** A source that had ended on another day is read again. */
  const rerunEnded = Effect.fnUntraced(function* (pipeline: string) {
    const running = yield* RunningPipelines
    if (yield* running.hasEnded(pipeline)) yield* beginAnew(pipeline, [])
  })

  const press = Effect.fnUntraced(function* (key: string) {
    if (key === "q") return yield* Queue.offer(orders, { order: "stop" })
    if (key === "\u0003") return process.kill(process.pid, "SIGINT")
    if (key === "s") return screen.show(up)
    if (last === undefined) return undefined
    if (key === "r" || key === "c") {
      const { inputs, kind, swapped } = last
      if (key === "c" || kind === "source") {
        yield* beginAnew(swapped.pipeline.name, Object.values(inputs))
        screen.show({ event: "cleared" })
      }
      workshop.watch.refresh()
      return yield* feeds.replay
    }
    return undefined
  })

  const work = Effect.gen(function* () {
    yield* load(undefined, true)
    for (;;) {
      const order = yield* Queue.take(orders)
      if (order.order === "stop") return
      if (order.order === "load") yield* load(order.savedAt, order.isNamed)
      else yield* press(order.key)
    }
  })
  const into = (next: Effect.Effect<Order>) =>
    Effect.forever(Effect.flatMap(next, (order) => Queue.offer(orders, order)))
  const sources = [
    into(Effect.map(watching.next, ({ at, isNamed }) => ({ order: "load", savedAt: at, isNamed }))),
    into(Effect.map(keys.next, (key) => ({ order: "key", key }))),
    into(Effect.as(platform.stopped, { order: "stop" }))
  ]
  if (tapped !== undefined) yield* Effect.forkScoped(tapped.follow(feeds.wake))
  yield* Effect.forEach(sources, (source) => Effect.forkScoped(source), { discard: true })
  yield* Effect.forkScoped(Effect.provideContext(tellFailures(screen, workshop), platform.services))
  yield* Effect.provideContext(work, platform.services)
  screen.show({ event: "stopping" })
})

/** What the command cannot mend by waiting for a save. */
const endsAtStart = new Set(["PLUGIN_UNCLEAR", "GRANT_NEEDED", "INPUT_UNFED"])

const asCommand = ({ problems }: LoadFailed): CommandErrors =>
  new CommandErrors({
    errors: problems.map(
      ({ code, file, line, message, remedy }) =>
        new CommandError({
          code,
          message,
          ...(file === undefined ? {} : { where: line === undefined ? file : `${file}:${line}` }),
          remedy,
          exit: code === "GRANT_NEEDED" ? exitCode.notPermitted : exitCode.badInput
        })
    )
  })

/** What plugins log, as it comes. */
const tellLogs = (screen: Screen, pipeline: string) =>
  Effect.flatMap(LogBuffer, (logs) =>
    Stream.runForEach(logs.following({ pipeline, node: undefined, limit: 0 }), ({ fields, level, message }) =>
      Effect.sync(() => screen.show({ event: "log", level, message, fields }))
    )
  )

const failurePoll = "250 millis"

/** Tasks that stand still: why, once for each reason. */
const tellFailures = (screen: Screen, { places }: Pick<Workshop, "places">) =>
  Effect.gen(function* () {
    const running = yield* RunningPipelines
    let told = ""
    for (;;) {
      yield* Effect.sleep(failurePoll)
      const failures = (yield* running.all).flatMap(({ failure, plan, running: run }) => {
        const digest = plan.nodes[0]?.digest ?? ""
        const tasks =
          run
            ?.tasks()
            .flatMap(({ error, state }) => (error === undefined || state === "running" ? [] : [error])) ?? []
        const chains = run?.chainErrors().map(({ error }) => error) ?? []
        const all = [...(failure === undefined ? [] : [failure]), ...chains, ...tasks]
        const degraded = run?.state() === "degraded" ? [degradedFailure] : []
        return [...all, ...degraded].map((error) => ({ error, digest }))
      })
      const [first] = failures
      const name = first === undefined ? "" : `${first.digest} ${first.error.code} ${first.error.message}`
      if (first !== undefined && name !== told) {
        const { at = [], code, message } = first.error
        const problem = { code, message, remedy: "mend it and save; nothing is lost meanwhile" }
        screen.show({
          event: "problem",
          stage: "run",
          keepsRunning: false,
          ...placed(problem, places.get(first.digest)?.find(at))
        })
      }
      told = name
    }
  })

const degradedFailure: TaskFailure = {
  _tag: "TaskFailure",
  code: "ERROR_BUDGET",
  node: undefined,
  message: "paused: more than 1 % of the records fail",
  transient: false
}
