import { integrityOf } from "@millrace/sdk/build"
import { nodeKind } from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"

import { readConfig } from "./config.ts"
import type { DevOptions } from "./dev-options.ts"
import type { Entry } from "./entry.ts"
import type { Feeds } from "./feeds.ts"
import { catalogueTopic, type DevInput, devInputs } from "./input/dev-inputs.ts"
import { readOwnRecords } from "./input/own-records.ts"
import type { TappedStream } from "./input/tapped-stream.ts"
import type { Keys } from "./keys.ts"
import { consentTo } from "./load/consent.ts"
import { commandProblem, loadFailed } from "./load/problem.ts"
import { type ReadOptions, readPlugin } from "./load/read-plugin.ts"
import { type Swapped, swapVersion } from "./load/swap-version.ts"
import type { Workshop } from "./open-workshop.ts"
import type { Show } from "./view/event.ts"
import type { Screen } from "./view/screen.ts"

export interface LoadOptions {
  readonly options: DevOptions
  readonly entry: Entry
  readonly bundler: ReadOptions["bundler"]
  readonly onFiles: ReadOptions["onFiles"]
  readonly workshop: Workshop
  readonly feeds: Feeds
  readonly screen: Screen
  readonly keys: Keys
  readonly tapped: TappedStream | undefined
  /** Of the version that runs; a load of the same is none. */
  readonly last: Loaded | undefined
  /** When the edit was seen, ms since 1970; undefined at the start. */
  readonly savedAt: number | undefined
}

/** A version that runs. */
export interface Loaded {
  readonly fingerprint: string
  readonly swapped: Swapped
  readonly inputs: { readonly [input: string]: string }
  readonly kind: "source" | "processor" | "sink"
  readonly took: {
    readonly bundle: number
    readonly inspect: number
    readonly plan: number
    readonly swap: number
  }
  readonly plugin: string
  /** Begins to feed it, or gives it a record at once where it is fed already. */
  readonly feed: Effect.Effect<void, unknown>
}

/**
 * Takes the author's files over as they stand now: bundle, manifest, plan, swap, records. Undefined when they say what runs
 * already. Fails with a `LoadFailed`, and what ran before goes on.
 */
export const loadPlugin = Effect.fn("loadPlugin")(function* (load: LoadOptions) {
  const { entry, feeds, keys, options, screen, workshop } = load
  const config = yield* readConfig(options.config).pipe(
    Effect.mapError((error) => commandProblem("config", error))
  )
  const plugin = yield* readPlugin({
    entry,
    bundler: load.bundler,
    onFiles: load.onFiles,
    plugin: options.plugin ?? load.last?.plugin,
    choose: keys.isTerminal && !options.json ? (names) => choose(names, screen, keys) : undefined
  })
  workshop.places.set(plugin.digest, plugin.places)
  const records = yield* readOwnRecords(options.records).pipe(
    Effect.mapError((error) => commandProblem("records", error))
  )
  const { count } = options
  const inputs = devInputs({ manifest: plugin.manifest, config, records, count, tapped: load.tapped })
  if (typeof inputs === "string")
    return yield* loadFailed("records", [
      { code: "INPUT_UNFED", message: inputs, frame: [], remedy: "give --records FILE, or --from STREAM" }
    ])
  const fingerprint = integrityOf(
    JSON.stringify([plugin.digest, config, inputs.map((input) => input.fingerprint)])
  )
  if (fingerprint === load.last?.fingerprint) return undefined
  for (const input of inputs) {
    workshop.streams.set(input.stream, catalogueTopic(input))
    yield* workshop.transport.ensureTopic({ name: input.stream, partitions: 1, internal: false })
  }
  const swapped = yield* swapVersion({
    plugin,
    module: entry.module,
    base: entry.isProject ? entry.folder : process.cwd(),
    config,
    inputs,
    consent: (missing) =>
      consentTo({ screen, keys, grant: options.grant, files: plugin.bundle.files }, missing),
    beforeSwap: feeds.leave(inputs)
  })
  const { name } = plugin.manifest
  const loaded: Loaded = {
    fingerprint,
    swapped,
    inputs: Object.fromEntries(inputs.map((input) => [input.name, input.stream])),
    kind: nodeKind(plugin.manifest),
    plugin: name,
    took: { ...plugin.took, ...swapped.took },
    feed: Effect.andThen(
      Effect.sync(() => tellInputs(screen.show, inputs, load.last === undefined)),
      feeds.enter(inputs, swapped.pipeline.name)
    )
  }
  return loaded
})

/** One key at the terminal: the number of a plugin, of the first nine. */
const choose = Effect.fnUntraced(function* (names: readonly string[], screen: Screen, keys: Keys) {
  const listed = names.slice(0, 9).map((name, index) => `${index + 1} ${name}`)
  screen.ask(`Which plugin? ${listed.join(", ")}`)
  return names[Number(yield* keys.next) - 1]
})

const maxMisfits = 5

const tellInputs = (show: Show, inputs: readonly DevInput[], isFirst: boolean): void => {
  for (const { misfits, name, what } of inputs) {
    if (isFirst) show({ event: "fed", input: name, what })
    for (const { line, message } of misfits.slice(0, maxMisfits))
      show({
        event: "problem",
        stage: "records",
        code: "RECORD_MISFIT",
        message: `record ${line} for ${name} does not fit and is left out: ${message}`,
        frame: [],
        remedy: "correct the record, or the contract",
        keepsRunning: true
      })
  }
}
