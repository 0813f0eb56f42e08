import * as Effect from "effect/Effect"
import { isSameState, sameLayout } from "../../state/layout.ts"
import type { StateLayout, WantedState } from "../../state/layout.ts"
import type { KeyedNode, NodeState, StateSize, TransportError, WantedStates } from "../transport.ts"
import type { Catalogue } from "./catalogue.ts"
import { clearSlots, statePartitions } from "./clearing.ts"
import { readFailure, writeFailure } from "./failure.ts"
import { foldTask } from "./folding.ts"
import type { StateRecord } from "./meta-text.ts"
import type { StateBook } from "./state-book.ts"
import type { Store } from "./store.ts"
import { addSizes } from "./state-size.ts"
import { TaskState } from "./task-state.ts"

/** The state of all keyed tasks, each held once; and the layouts that it goes by. */
export class TaskStates {
  private readonly states = new Map<string, TaskState>()
  private readonly folder: string
  private readonly store: Store
  private readonly catalogue: Catalogue
  readonly book: StateBook
  private readonly onLeft: () => void

  constructor(parts: {
    readonly folder: string
    readonly store: Store
    readonly catalogue: Catalogue
    readonly book: StateBook
    /** Called when something was left behind that {@link clearRetired} or the catalogue's marks name. */
    readonly onLeft: () => void
  }) {
    this.folder = parts.folder
    this.store = parts.store
    this.catalogue = parts.catalogue
    this.book = parts.book
    this.onLeft = parts.onLeft
  }

  all(): readonly TaskState[] {
    return [...this.states.values()]
  }

  /** The state of a node's task; loads what is not folded at the first asking. */
  of(pipeline: string, keyed: KeyedNode, partition: number): TaskState {
    return this.under(this.book.of(pipeline, keyed.node), partition)
  }

  under(record: StateRecord, partition: number): TaskState {
    const name = `${record.id}/${partition}`
    const state =
      this.states.get(name) ?? new TaskState(this.folder, this.store, { node: record.id, partition })
    this.useRecord(state, record)
    this.states.set(name, state)
    return state
  }

  /** What the tasks of a node keep that are open here, folded; undefined where one of them does not know. */
  sizeOf(pipeline: string, node: string): StateSize | undefined {
    const record = this.book.known(pipeline, node)
    if (record === undefined) return undefined
    const sizes = [...this.states].flatMap(([name, state]) =>
      name.startsWith(`${record.id}/`) ? [state.size] : []
    )
    return sizes.length === 0 ? undefined : sizes.reduce(addSizes)
  }

  statesOf(pipeline: string): readonly NodeState[] {
    return this.book.ofPipeline(pipeline).map(({ node, record }) => ({
      node,
      key: record.key,
      states: record.states.map(({ kind, mapKey, name, schemas, slot }) => ({
        name,
        kind,
        schema: this.textOf(schemas.at(-1) ?? 0),
        slot,
        ...(mapKey === undefined ? {} : { mapKey })
      })),
      partitions: statePartitions(this.store, record.id)
    }))
  }

  /**
   * Settles what a node's states are kept under; answers their slots. INVARIANT: what is pending is folded under the schemas
   * that it was written with, before others are in force.
   */
  settle(
    pipeline: string,
    node: string,
    wanted: WantedStates
  ): Effect.Effect<readonly number[], TransportError> {
    return Effect.gen({ self: this }, function* () {
      const states = wanted.states.map((state) => this.wantedState(state))
      const record = yield* this.settled(pipeline, node, { key: wanted.key, states })
      const layout = yield* this.reading(() => this.book.next(record, { key: wanted.key, states }))
      if (layout === undefined) return yield* this.begin(pipeline, node, record, { key: wanted.key, states })
      if (!sameLayout({ key: record.key, states: record.states, retired: record.retired }, layout)) {
        yield* this.foldAll(record)
        const relaid = yield* this.writing(() => this.book.relay(pipeline, node, layout))
        for (const partition of statePartitions(this.store, relaid.id)) this.under(relaid, partition)
      }
      if (layout.retired.length > 0) this.onLeft()
      return layout.states.map(({ slot }) => slot)
    })
  }

  /** Moves everything pending of a state into the ordered store. */
  foldAll(record: StateRecord): Effect.Effect<void, TransportError> {
    return Effect.gen({ self: this }, function* () {
      for (const partition of statePartitions(this.store, record.id))
        yield* this.foldPending(record, partition)
    })
  }

  foldPending(record: StateRecord, partition: number): Effect.Effect<void, TransportError> {
    return Effect.suspend(() => {
      const state = this.under(record, partition)
      return state.pendingBytes > 0 ? foldTask(this.folder, state, () => {}) : Effect.void
    })
  }

  /** Clears what lies under slots that no state has any more. */
  readonly clearRetired: Effect.Effect<void, TransportError> = Effect.suspend(() =>
    Effect.forEach(this.book.named(), ({ node, pipeline }) => this.clearSlotsOf(pipeline, node), {
      discard: true
    })
  )

  /** Lets go of the state that lay under these ids. */
  forget(ids: ReadonlySet<number>): void {
    for (const name of this.states.keys())
      if (ids.has(Number(name.slice(0, name.indexOf("/"))))) this.states.delete(name)
  }

  /** The record that goes on: what was staged for just these states, else what is there. */
  private settled(
    pipeline: string,
    node: string,
    wanted: { readonly key: string; readonly states: readonly WantedState[] }
  ): Effect.Effect<StateRecord, TransportError> {
    return this.writing(() => {
      const record = this.book.of(pipeline, node)
      const { staged } = record
      if (staged === undefined) return record
      this.onLeft()
      if (!isFor(staged, wanted)) return this.book.dropStaged(pipeline, node)
      this.forget(new Set([record.id]))
      return this.book.adopt(pipeline, node, staged)
    })
  }

  private begin(
    pipeline: string,
    node: string,
    before: StateRecord,
    wanted: { readonly key: string; readonly states: readonly WantedState[] }
  ): Effect.Effect<readonly number[], TransportError> {
    return Effect.gen({ self: this }, function* () {
      const states = wanted.states.map(({ schema, ...state }, slot) => ({
        ...state,
        slot,
        schemas: [schema]
      }))
      yield* this.writing(() => this.book.renew(pipeline, node, { key: wanted.key, states, retired: [] }))
      this.forget(new Set([before.id]))
      this.onLeft()
      return states.map(({ slot }) => slot)
    })
  }

  private clearSlotsOf(pipeline: string, node: string): Effect.Effect<void, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const record = this.book.known(pipeline, node)
      if (record === undefined || record.retired.length === 0) return
      yield* clearSlots(this.folder, this.store, record.id, record.retired)
      for (const partition of statePartitions(this.store, record.id)) {
        yield* this.foldPending(record, partition)
        yield* this.writing(() => this.under(record, partition).loseSize())
      }
      const now = this.book.known(pipeline, node)
      if (now?.id !== record.id) return
      const { key, states } = now
      const retired = now.retired.filter((slot) => !record.retired.includes(slot))
      yield* this.writing(() => this.book.relay(pipeline, node, { key, states, retired }))
    })
  }

  /** A state without a schema has none. */
  private textOf(schema: number): string {
    return schema === 0 ? "" : this.book.schemaText(schema)
  }

  wantedState({ kind, mapKey, name, schema }: WantedStates["states"][number]): WantedState {
    const id = this.catalogue.schemaId(schema)
    return { name, kind, schema: id, ...(mapKey === undefined ? {} : { mapKey }) }
  }

  private useRecord(state: TaskState, { states }: StateRecord): void {
    const bySlot = new Map(states.map(({ schemas, slot }) => [slot, schemas]))
    state.useSchemas({
      schemaOf: (slot) => bySlot.get(slot)?.at(-1) ?? 0,
      upgrade: (slot, written, value) => this.book.upgrade(bySlot.get(slot) ?? [], written, value)
    })
  }

  private writing<A>(work: () => A): Effect.Effect<A, TransportError> {
    return Effect.try({ try: work, catch: (cause) => writeFailure(this.folder, 0, cause) })
  }

  private reading<A>(work: () => A): Effect.Effect<A, TransportError> {
    return Effect.try({ try: work, catch: (cause) => readFailure(this.folder, cause) })
  }
}

/** What was staged is for just what a plan wants. */
function isFor(
  staged: StateLayout,
  wanted: { readonly key: string; readonly states: readonly WantedState[] }
): boolean {
  return (
    staged.key === wanted.key &&
    staged.states.length === wanted.states.length &&
    wanted.states.every((state, index) => {
      const other = staged.states[index]
      return other?.name === state.name && isSameState(other, state) && other.schemas.at(-1) === state.schema
    })
  )
}
