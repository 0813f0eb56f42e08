import { openBatch, processingTimers } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type {
  KeptEntry,
  NodeState,
  StateMigrator,
  StateQuery,
  TaskLog,
  TransportError,
  TransportShape,
  WantedStates
} from "../transport.ts"
import { Restore } from "./changelog.ts"
import type { CheckpointLog } from "./checkpoint-log.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { nextKept } from "./kept-layout.ts"
import type { KeptLayout, WantedText } from "./kept-layout.ts"
import { asking } from "./kafka-failure.ts"
import {
  dropOrigin,
  hashOf,
  markStaged,
  settleCopy,
  stagedFor,
  unsettledCopy,
  zeroCheckpoint
} from "./local-copy.ts"
import type { CopyOf, LocalCopy } from "./local-copy.ts"
import type { OpenTasks } from "./open-tasks.ts"
import type { PartitionReader } from "./partition-reader.ts"
import { digestOf, fillChangelog } from "./restaged.ts"
import type { OutgoingFrame } from "./task-transaction.ts"

/** What the states need of the transport that they are of. */
export interface StatesParts {
  readonly client: KafkaClient
  readonly local: TransportShape
  readonly checkpoints: CheckpointLog
  readonly nodeId: TransportShape["nodeId"]
  readonly write: (id: string, frames: readonly OutgoingFrame[]) => Effect.Effect<void, TransportError>
  /** Makes a node's changelog where it is not there, for at least so many partitions; answers its topic. */
  readonly changelog: (
    pipeline: string,
    node: string,
    generation: number,
    partitions: number
  ) => Effect.Effect<string, TransportError>
  readonly dropChangelog: (
    pipeline: string,
    node: string,
    generation: number
  ) => Effect.Effect<void, TransportError>
  readonly reader: (topic: string, partition: number) => PartitionReader
  /** Which states tasks of this process write. */
  readonly open: OpenTasks
}

const readBytes = 4 * 1024 * 1024

/**
 * The states of keyed nodes: in Kafka their layouts and changelogs, which count, and a copy of some partitions in the local store. What the
 * copy was made of stands beside it, and one that is not of what Kafka has now is dropped.
 */
export class KafkaStates {
  private readonly parts: StatesParts
  private readonly copies: Map<string, LocalCopy> = new Map()

  constructor(parts: StatesParts) {
    this.parts = parts
  }

  /** {@link TransportShape.openState}; the slots are the changelog's. */
  settle(
    pipeline: string,
    node: string,
    wanted: WantedStates
  ): Effect.Effect<readonly number[], TransportError> {
    return Effect.gen({ self: this }, function* () {
      const { checkpoints, write } = this.parts
      const states = yield* this.wantedTexts(wanted)
      const before = yield* checkpoints.layout(pipeline, node)
      const layout =
        (yield* this.adopted(this.of(pipeline, node), wanted, before, states)) ??
        nextKept(before, wanted.key, states)
      if (JSON.stringify(before) !== JSON.stringify(layout)) {
        yield* write(`state ${pipeline}/${node}`, [checkpoints.layoutFrame(pipeline, node, layout)])
        if (before !== undefined && before.generation !== layout.generation)
          yield* this.parts.dropChangelog(pipeline, node, before.generation)
      }
      const id = yield* this.parts.nodeId(pipeline, node)
      const copy = yield* settleCopy(this.of(pipeline, node), id, layout, wanted)
      this.copies.set(`${pipeline}/${node}`, copy)
      return layout.states.map(({ slot }) => slot)
    })
  }

  /** The copy that a task writes. */
  copyOf(pipeline: string, node: string): LocalCopy {
    return this.copies.get(`${pipeline}/${node}`) ?? unsettledCopy(pipeline, node)
  }

  changelogOf({ layout, node, pipeline }: LocalCopy, partition: number) {
    return this.parts.changelog(pipeline, node, layout.generation, partition + 1)
  }

  /** Applies what the changelog has from an offset on; answers the offset after it. `log`: of the copy's local slots. */
  replay(
    copy: LocalCopy,
    partition: number,
    log: TaskLog,
    from: number
  ): Effect.Effect<number, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const topic = yield* this.changelogOf(copy, partition)
      const restore = new Restore(log, copy)
      const [end] = yield* asking(() => this.parts.client.listOffsets([{ topic, partition }], "lastStable"))
      const reader = this.parts.reader(topic, partition)
      let at = from
      while (BigInt(at) < (end?.offset ?? 0n)) {
        yield* reader.waitFor(BigInt(at))
        const batches = yield* reader.read(BigInt(at), readBytes)
        yield* restore.take(batches)
        for (const { baseOffset, frame } of batches) at = Number(baseOffset) + openBatch(frame).count
      }
      yield* restore.flush
      return at
    })
  }

  statesOf(pipeline: string): Effect.Effect<readonly NodeState[], TransportError> {
    return Effect.gen({ self: this }, function* () {
      const layouts = yield* this.parts.checkpoints.layoutsOf(pipeline)
      return yield* Effect.forEach(layouts, ([node, layout]) =>
        Effect.map(this.partitionsOf(pipeline, node, layout.generation), (partitions) => ({
          node,
          key: layout.key,
          states: layout.states.map(({ schemas, ...state }) => ({ ...state, schema: schemas.at(-1) ?? "" })),
          partitions
        }))
      )
    })
  }

  scan(
    pipeline: string,
    node: string,
    query: StateQuery
  ): Effect.Effect<readonly KeptEntry[], TransportError> {
    return Effect.gen({ self: this }, function* () {
      const copy = yield* this.current(pipeline, node)
      if (copy === undefined) return []
      yield* this.refresh(copy, query.partition)
      const toLocal = (slot: number): number =>
        slot >= processingTimers ? slot : (copy.localSlots[copy.indexOf(slot) ?? -1] ?? slot)
      const toKept = (slot: number): number =>
        slot >= processingTimers ? slot : (copy.layout.states[copy.localSlots.indexOf(slot)]?.slot ?? slot)
      const { under } = query
      const entries = yield* this.parts.local.scanState(pipeline, node, {
        ...query,
        ...(under === undefined ? {} : { under: { ...under, slot: toLocal(under.slot) } })
      })
      return entries.map((entry) => ({ ...entry, slot: toKept(entry.slot) }))
    })
  }

  /** What is migrated is a copy of all partitions here; the plan that wants it writes it into a changelog of its own. */
  restage<E, R>(
    pipeline: string,
    node: string,
    wanted: WantedStates,
    migrate: { readonly [state: string]: StateMigrator<E, R> }
  ): Effect.Effect<void, TransportError | E, R> {
    return Effect.gen({ self: this }, function* () {
      const copy = yield* this.current(pipeline, node)
      if (copy === undefined) return
      for (const partition of yield* this.partitionsOf(pipeline, node, copy.layout.generation))
        yield* this.refresh(copy, partition)
      yield* this.parts.local.restageState(pipeline, node, wanted, migrate)
      yield* markStaged(this.of(pipeline, node), digestOf(wanted))
    })
  }

  /** Takes the changelogs of these nodes away; their layouts go with the nodes' ids. */
  forget(pipeline: string, nodes: ReadonlySet<string>): Effect.Effect<void, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const layouts = yield* this.parts.checkpoints.layoutsOf(pipeline)
      for (const node of nodes) {
        this.copies.delete(`${pipeline}/${node}`)
        yield* this.parts.dropChangelog(pipeline, node, layouts.get(node)?.generation ?? 0)
      }
    })
  }

  private of(pipeline: string, node: string): CopyOf {
    return { local: this.parts.local, pipeline, node }
  }

  /** The copy as Kafka's layout has it now; undefined where nothing is kept of the node. */
  private current(pipeline: string, node: string): Effect.Effect<LocalCopy | undefined, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const { checkpoints, local, nodeId } = this.parts
      const layout = yield* checkpoints.layout(pipeline, node)
      if (layout === undefined) return undefined
      const known = this.copies.get(`${pipeline}/${node}`)
      if (known !== undefined && JSON.stringify(known.layout) === JSON.stringify(layout)) return known
      const states = yield* Effect.forEach(layout.states, ({ schemas, slot: _, ...state }) =>
        Effect.map(hashOf(local, schemas.at(-1) ?? ""), (schema) => ({ ...state, schema }))
      )
      const id = yield* nodeId(pipeline, node)
      const copy = yield* settleCopy(this.of(pipeline, node), id, layout, { key: layout.key, states })
      this.copies.set(`${pipeline}/${node}`, copy)
      return copy
    })
  }

  /** {@link TransportShape.refreshState} */
  refreshState(pipeline: string, node: string, partition: number): Effect.Effect<void, TransportError> {
    return Effect.flatMap(this.current(pipeline, node), (copy) =>
      copy === undefined ? Effect.void : this.refresh(copy, partition)
    )
  }

  /** Up to where the copy of a partition has the changelog. */
  heldUpTo({ mark, pipeline }: LocalCopy, partition: number): Effect.Effect<number, TransportError> {
    return Effect.map(this.parts.local.checkpoints(pipeline), (all) =>
      Math.max(
        0,
        ...all.flatMap(({ checkpoint, task }) =>
          task.partition === partition ? [checkpoint.watermarks[mark] ?? 0] : []
        )
      )
    )
  }

  /** Brings a partition's copy to what Kafka has, unless a task here writes it. */
  private refresh(copy: LocalCopy, partition: number): Effect.Effect<void, TransportError> {
    const { local, open } = this.parts
    const { localSlots: slots, mark, node, pipeline } = copy
    const step = Effect.gen({ self: this }, function* () {
      if (open.isOpen(pipeline, node, partition)) return
      const from = yield* this.heldUpTo(copy, partition)
      const task = { pipeline, node: `~copy ${node}`, partition }
      const log = yield* local.openTask(task, { node, slots })
      const at = yield* this.replay(copy, partition, log, from)
      if (at > from) yield* local.restoreCheckpoint(task, { ...zeroCheckpoint, watermarks: { [mark]: at } })
    })
    return open.inTurn(pipeline, node, partition, step)
  }

  private partitionsOf(
    pipeline: string,
    node: string,
    generation: number
  ): Effect.Effect<readonly number[], TransportError> {
    return Effect.gen({ self: this }, function* () {
      const { client } = this.parts
      const topic = yield* this.parts.changelog(pipeline, node, generation, 1)
      const [found] = yield* asking(() => client.topics([topic]))
      const places = (found?.partitions ?? []).map(({ partition }) => ({ topic, partition }))
      const ends = yield* asking(() => client.listOffsets(places, "lastStable"))
      return ends
        .flatMap(({ offset, partition }) => (offset > 0n ? [partition] : []))
        .sort((left, right) => left - right)
    })
  }

  /** The layout of what was restaged, once it is in a changelog of its own; undefined where nothing was, or for other states. */
  private adopted(
    of: CopyOf,
    wanted: WantedStates,
    before: KeptLayout | undefined,
    states: readonly WantedText[]
  ): Effect.Effect<KeptLayout | undefined, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const { local, node, pipeline } = of
      if (before === undefined || (yield* stagedFor(of)) !== digestOf(wanted)) return undefined
      const generation = before.generation + 1
      const layout = { ...nextKept(undefined, wanted.key, states), generation }
      const localSlots = yield* local.openState(pipeline, node, wanted)
      yield* this.parts.dropChangelog(pipeline, node, generation)
      const kept = (yield* local.statesOf(pipeline)).find((each) => each.node === node)
      for (const partition of kept?.partitions ?? []) {
        const topic = yield* this.parts.changelog(pipeline, node, generation, partition + 1)
        yield* fillChangelog(of, { layout, localSlots, topic, partition }, (frames) =>
          this.parts.write(`state ${pipeline}/${node}`, frames)
        )
      }
      yield* dropOrigin(of)
      return layout
    })
  }

  private wantedTexts({ states }: WantedStates): Effect.Effect<readonly WantedText[], TransportError> {
    return Effect.forEach(states, ({ schema, ...state }) =>
      Effect.map(schema === undefined ? Effect.succeed("") : this.parts.local.schema(schema), (text) => ({
        ...state,
        schema: text ?? ""
      }))
    )
  }
}
