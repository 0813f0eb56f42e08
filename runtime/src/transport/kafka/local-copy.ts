import { randomInt } from "node:crypto"
import * as Effect from "effect/Effect"
import { valueUpgrade } from "../../state/value-upgrade.ts"
import type { Checkpoint, TaskId, TransportError, TransportShape, WantedStates } from "../transport.ts"
import type { ChangelogReading } from "./changelog.ts"
import type { KeptLayout } from "./kept-layout.ts"

/** A node's state as this process keeps a copy of it, in the local store. */
export interface LocalCopy extends ChangelogReading {
  readonly pipeline: string
  readonly node: string
  readonly layout: KeptLayout
  /** By index, in the local store, which has slots of its own. */
  readonly localSlots: readonly number[]
  /** Among a local checkpoint's watermarks: the offset up to which the copy has the changelog. Another one names a copy that is gone. */
  readonly mark: string
  readonly schemaPlace: (slot: number) => number
}

/** What a copy was made of: the node's id, the changelog's generation, the slot of each state it ever had, and an id of its own. */
type Origin = { readonly [name: string]: number }

/** A node, and where copies of its states lie. */
export interface CopyOf {
  readonly local: TransportShape
  readonly pipeline: string
  readonly node: string
}

/** Nothing was committed yet. */
export const zeroCheckpoint: Checkpoint = {
  sequence: 0,
  offsets: [],
  positions: {},
  tokens: {},
  watermarks: {},
  counts: {},
  completed: false,
  now: 0,
  ledger: {}
}

const stagedName = "staged"

/** The copy of a node that no plan has settled: its states stand at their indexes. */
export const unsettledCopy = (pipeline: string, node: string): LocalCopy => ({
  pipeline,
  node,
  layout: { generation: 0, key: "", states: [], retired: [] },
  localSlots: [],
  mark: markOf(0),
  schemaPlace: () => 0,
  indexOf: (slot) => slot,
  upgraded: () => undefined
})

/** Makes the local store keep a layout's states, step by step through their schemas; drops a copy that is of something else. `nodeId`: of the node in Kafka. */
export const settleCopy = Effect.fnUntraced(function* (
  of: CopyOf,
  nodeId: number,
  layout: KeptLayout,
  wanted: WantedStates
): Effect.fn.Return<LocalCopy, TransportError> {
  const { local, node, pipeline } = of
  const origin = yield* readOrigin(of)
  const slots = Object.fromEntries(layout.states.map(({ name, slot }) => [`slot ${name}`, slot]))
  const steps = yield* stepsTo(of, layout)
  const isOfIt =
    origin?.["node"] === nodeId &&
    origin["generation"] === layout.generation &&
    Object.entries(slots).every(([name, slot]) => (origin[name] ?? slot) === slot) &&
    steps !== undefined
  if (!isOfIt) {
    // INVARIANT: without an origin no mark counts: a kill between these leaves a copy that is dropped again.
    yield* writeOrigin(of, {})
    yield* local.forget(pipeline, [node])
  }
  for (const states of isOfIt ? steps : [])
    yield* local.openState(pipeline, node, { key: wanted.key, states })
  const localSlots = yield* local.openState(pipeline, node, wanted)
  const { [stagedName]: _, ...kept } = isOfIt ? origin : { id: randomInt(1, 2 ** 47) }
  const next: Origin = { ...kept, ...slots, node: nodeId, generation: layout.generation }
  if (JSON.stringify(next) !== JSON.stringify(origin)) yield* writeOrigin(of, next)
  return { pipeline, node, layout, localSlots, mark: markOf(next["id"] ?? 0), ...readingOf(layout) }
})

/** What was staged for a plan that has this digest; undefined: nothing is. */
export const stagedFor = (of: CopyOf): Effect.Effect<number | undefined, TransportError> =>
  Effect.map(readOrigin(of), (origin) => origin?.[stagedName])

export const markStaged = (of: CopyOf, digest: number): Effect.Effect<void, TransportError> =>
  Effect.flatMap(readOrigin(of), (origin) => writeOrigin(of, { ...origin, [stagedName]: digest }))

/** What the copy was made of is not known any more: it is made anew. */
export const dropOrigin = (of: CopyOf): Effect.Effect<void, TransportError> => writeOrigin(of, {})

/** How a changelog of this layout is written and read. */
export function readingOf({ states }: KeptLayout): ChangelogReading & Pick<LocalCopy, "schemaPlace"> {
  const bySlot = new Map(states.map((state, index) => [state.slot, { index, schemas: state.schemas }]))
  const upgrades = new Map<string, (value: Uint8Array) => Uint8Array>()
  return {
    indexOf: (slot) => bySlot.get(slot)?.index,
    schemaPlace: (slot) => Math.max(0, (bySlot.get(slot)?.schemas.length ?? 0) - 1),
    upgraded: (slot, place, value) => {
      const way = bySlot.get(slot)?.schemas.slice(place) ?? []
      if (way.length <= 1) return undefined
      const name = `${slot} ${place}`
      const upgrade = upgrades.get(name) ?? valueUpgrade(way)
      upgrades.set(name, upgrade)
      return upgrade(value)
    }
  }
}

/** The hash of a schema's text that the local store has from now on; undefined for no schema. */
export const hashOf = (
  local: TransportShape,
  text: string
): Effect.Effect<Uint8Array | undefined, TransportError> =>
  text === "" ? Effect.succeed(undefined) : local.putSchema(text)

const markOf = (id: number): string => `kafka changelog ${id}`

/** What the local store is to be opened with in between, so that no value skips a schema; undefined where it has one that never was in force. */
const stepsTo = Effect.fnUntraced(function* ({ local, node, pipeline }: CopyOf, { states }: KeptLayout) {
  const there = (yield* local.statesOf(pipeline)).find((each) => each.node === node)
  const had = new Map(there?.states.map(({ name, schema }) => [name, schema]))
  const isKnown = states.every(({ name, schemas }) => !had.has(name) || schemas.includes(had.get(name) ?? ""))
  if (!isKnown) return undefined
  const ways = states.map(({ name, schemas }) => schemas.slice(schemas.lastIndexOf(had.get(name) ?? "")))
  const steps: WantedStates["states"][] = []
  for (let step = 1; step < Math.max(0, ...ways.map(({ length }) => length)) - 1; step++)
    steps.push(
      yield* Effect.forEach(states, ({ kind, mapKey, name }, index) =>
        Effect.map(hashOf(local, ways[index]?.[step] ?? ways[index]?.at(-1) ?? ""), (schema) => ({
          name,
          kind,
          schema,
          ...(mapKey === undefined ? {} : { mapKey })
        }))
      )
    )
  return steps
})

/** Where the local store says what a node's copy was made of. */
const originTask = ({ node, pipeline }: CopyOf): TaskId => ({
  pipeline,
  node: `~origin ${node}`,
  partition: 0
})

const readOrigin = (of: CopyOf): Effect.Effect<Origin | undefined, TransportError> =>
  Effect.map(
    of.local.checkpoints(of.pipeline),
    (all) => all.find(({ task }) => task.node === originTask(of).node)?.checkpoint.watermarks
  )

const writeOrigin = (of: CopyOf, origin: Origin): Effect.Effect<void, TransportError> =>
  of.local.restoreCheckpoint(originTask(of), { ...zeroCheckpoint, watermarks: origin })
