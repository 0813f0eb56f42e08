import type { PluginManifest } from "../manifest.ts"
import { configChanges } from "./config-changes.ts"
import { contractChanges, schemaChanges } from "./contract-changes.ts"
import { change, type PluginChange } from "./package-change.ts"
import { permissionChanges } from "./permission-changes.ts"
import { sameJson } from "./same-json.ts"

/** Every difference of two versions of one plugin of one kind. */
export const pluginChanges = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => [
  ...contractChanges(before, after),
  ...configChanges(before, after),
  ...permissionChanges(before, after),
  ...keyChanges(before, after),
  ...stateChanges(before, after),
  ...deliveryChanges(before, after),
  ...otherChanges(before, after)
]

const keyChanges = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => {
  const byInput = (plugin: PluginManifest) => plugin.keyBy.toSorted((a, b) => (a.input < b.input ? -1 : 1))
  return sameJson(byInput(before), byInput(after))
    ? []
    : [change("state", "keyBy", "keyBy changed: partitions, order and state go by it", "major")]
}

type State = PluginManifest["state"][number]

/** State is kept over an upgrade: what was stored must still be read. */
const stateChanges = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => {
  const now = new Map(after.state.map((each) => [each.name, each]))
  const was = new Set(before.state.map(({ name }) => name))
  return [
    ...before.state.flatMap((old) => {
      const fresh = now.get(old.name)
      const path = `state.${old.name}`
      if (fresh === undefined)
        return [change("state", path, `the state ${old.name} is gone, and is lost`, "major")]
      return oneState(old, fresh, path)
    }),
    ...after.state
      .filter(({ name }) => !was.has(name))
      .map(({ name }) => change("state", `state.${name}`, `keeps a new state, ${name}`, "minor"))
  ]
}

const oneState = (before: State, after: State, path: string): readonly PluginChange[] => {
  if (before.kind !== after.kind)
    return [
      change("state", path, `the state ${before.name} is a ${after.kind}, not a ${before.kind}`, "major")
    ]
  if (!sameJson(before.mapKey, after.mapKey))
    return [change("state", path, `the keys of the state ${before.name} changed`, "major")]
  if (!sameJson(besides(before), besides(after)))
    return [change("state", path, `the state ${before.name} is kept otherwise`, "major")]
  const ttl = (state: State) => (state.ttlMs === undefined ? "for ever" : `${state.ttlMs} ms`)
  return [
    ...(before.ttlMs === after.ttlMs
      ? []
      : [
          change("state", path, `the state ${before.name} is kept ${ttl(after)}, not ${ttl(before)}`, "minor")
        ]),
    ...valueChanges(before, after, path)
  ]
}

/** A migration from the very schema of before is as good as one that reads it. */
const valueChanges = (before: State, after: State, path: string): readonly PluginChange[] => {
  if (sameJson(before.schema, after.schema)) return []
  return (after.migrate ?? []).some((from) => sameJson(from, before.schema))
    ? [change("state", path, `the values of the state ${before.name} are migrated`, "minor")]
    : schemaChanges("state", before.schema, after.schema, path)
}

/** What a state says besides what is compared here may mean anything. */
const besides = ({ migrate: _, ...state }: State): object => ({ ...state, schema: null, ttlMs: null })

const deliveryChanges = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => [
  ...(before.timers === after.timers
    ? []
    : [
        change(
          "delivery",
          "timers",
          after.timers ? "sets timers" : "sets timers no more",
          after.timers ? "minor" : "major"
        )
      ]),
  ...(sameJson(before.outputsFrom, after.outputsFrom)
    ? []
    : [change("output", "outputs", "the config names other outputs than before", "major")]),
  ...(sameJson(endOf(before), endOf(after))
    ? []
    : onlyMayBeEndless(before, after)
      ? [change("delivery", "source", "may be endless, where its config says so", "minor")]
      : [
          change(
            "delivery",
            "source",
            after.source?.bounded === true ? "ends now" : "goes on without end now",
            "major"
          )
        ]),
  ...sinkChanges(before.sink, after.sink)
]

const endOf = ({ source }: PluginManifest) => ({ bounded: source?.bounded, endless: source?.endless })

const onlyMayBeEndless = (before: PluginManifest, after: PluginManifest): boolean =>
  before.source?.bounded === after.source?.bounded && before.source?.endless === undefined

type Sink = PluginManifest["sink"]

const sinkChanges = (before: Sink, after: Sink): readonly PluginChange[] => {
  if (before === undefined || after === undefined) return []
  const transactional =
    before.transactional === after.transactional
      ? []
      : after.transactional
        ? [change("delivery", "sink", "is transactional: exactly once", "minor")]
        : [change("delivery", "sink", "is no longer transactional: at least once", "major")]
  const policy = (sink: NonNullable<Sink>) => `${sink.maxRecords} records or ${sink.maxDelayMs} ms`
  return policy(before) === policy(after)
    ? transactional
    : [
        ...transactional,
        change("delivery", "sink", `writes batches of ${policy(after)}, not ${policy(before)}`, "patch")
      ]
}

/** What is judged above, and what only the harness or a reader goes by. */
const judged: ReadonlySet<string> = new Set([
  "name",
  "kind",
  "description",
  "config",
  "expressions",
  "inputs",
  "outputs",
  "bodies",
  "keyBy",
  "state",
  "tables",
  "permissions",
  "timers",
  "source",
  "sink"
])

/** A part of the manifest that has no rule here may mean anything. */
const otherChanges = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => {
  const [old, fresh] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((key) => !judged.has(key) && !sameJson(old.get(key), fresh.get(key)))
    .map((key) => change("plugin", key, `${key} changed`, "major"))
}
