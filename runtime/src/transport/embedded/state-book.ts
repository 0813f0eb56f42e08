import { emptyLayout, nextLayout, sameLayout } from "../../state/layout.ts"
import type { StateLayout, WantedState } from "../../state/layout.ts"
import { canResolve, schemasFrom, valueUpgrade } from "../../state/value-upgrade.ts"
import type { ValueUpgrade } from "../../state/value-upgrade.ts"
import type { Catalogue } from "./catalogue.ts"
import { corrupt } from "./failure.ts"
import { readState } from "./meta-text.ts"
import type { StateRecord } from "./meta-text.ts"
import type { Store } from "./store.ts"
import { sealJson } from "./value.ts"

const prefix = "state:"
const stagingPrefix = "staging:"

/**
 * The state of every keyed node: under which id it is kept, apart from the node's own, and how it is laid out. Held in
 * memory and written through, each change in one transaction.
 */
export class StateBook {
  private readonly records = new Map<string, StateRecord>()
  private readonly upgrades = new Map<string, ValueUpgrade>()
  private readonly folder: string
  private readonly store: Store
  private readonly catalogue: Catalogue

  constructor(folder: string, store: Store, catalogue: Catalogue) {
    this.folder = folder
    this.store = store
    this.catalogue = catalogue
    store.read(() => {
      for (const { name, value } of catalogue.metaRange(prefix)) this.records.set(name, readState(value))
    })
  }

  /** The record of a node; made empty at the first asking. */
  of(pipeline: string, node: string): StateRecord {
    return this.known(pipeline, node) ?? this.renew(pipeline, node, emptyLayout)
  }

  known(pipeline: string, node: string): StateRecord | undefined {
    return this.records.get(nameOf(pipeline, node))
  }

  /** The nodes of a pipeline that have state. */
  ofPipeline(pipeline: string): readonly { readonly node: string; readonly record: StateRecord }[] {
    const own = nameOf(pipeline, "")
    return [...this.records].flatMap(([name, record]) =>
      name.startsWith(own) ? [{ node: name.slice(own.length), record }] : []
    )
  }

  /** Every node with state; a pipeline's name has no slash. */
  named(): readonly { readonly pipeline: string; readonly node: string }[] {
    return [...this.records.keys()].map((name) => {
      const slash = name.indexOf("/")
      return { pipeline: name.slice(prefix.length, slash), node: name.slice(slash + 1) }
    })
  }

  /** The layout that a plan's states would get; undefined when nothing can be kept. */
  next(
    record: StateRecord,
    wanted: { readonly key: string; readonly states: readonly WantedState[] }
  ): StateLayout | undefined {
    return nextLayout(layoutOf(record), wanted, (writer, reader) =>
      canResolve(this.schemaText(writer), this.schemaText(reader))
    )
  }

  /** Keeps the id and changes the layout. */
  relay(pipeline: string, node: string, layout: StateLayout): StateRecord {
    const before = this.of(pipeline, node)
    if (sameLayout(layoutOf(before), layout)) return before
    return this.put(pipeline, node, { ...before, ...layout }, [])
  }

  /** Takes what was staged in the place of what is there. */
  adopt(pipeline: string, node: string, staged: StateLayout & { readonly id: number }): StateRecord {
    return this.put(pipeline, node, staged, [this.of(pipeline, node).id])
  }

  /** Keeps what was staged until a plan wants it. */
  stage(pipeline: string, node: string, staged: StateLayout & { readonly id: number }): void {
    const before = this.of(pipeline, node)
    this.put(pipeline, node, { ...before, staged }, before.staged === undefined ? [] : [before.staged.id])
  }

  dropStaged(pipeline: string, node: string): StateRecord {
    const { staged, ...record } = this.of(pipeline, node)
    return staged === undefined ? record : this.put(pipeline, node, record, [staged.id])
  }

  /** An id for what is about to be staged. Until it is, it counts as dropped: a kill leaves nothing of it. */
  stagingId(): number {
    return this.catalogue.takeId(
      (id) => this.store.meta.put(Buffer.from(`${stagingPrefix}${id}`), sealJson({})),
      undefined
    )
  }

  /** What an earlier run had begun to stage is marked to be cleared. */
  dropUnfinished(): void {
    const unfinished = this.store.read(() => this.catalogue.metaRange(stagingPrefix))
    if (unfinished.length === 0) return
    this.store.write(() => {
      for (const { name } of unfinished) {
        this.store.meta.remove(Buffer.from(name))
        this.catalogue.markDropped(Number(name.slice(stagingPrefix.length)))
      }
    })
  }

  private put(pipeline: string, node: string, record: StateRecord, dropped: readonly number[]): StateRecord {
    const name = nameOf(pipeline, node)
    this.store.write(() => {
      this.store.meta.put(Buffer.from(name), sealJson(record))
      for (const id of [record.id, record.staged?.id])
        if (id !== undefined) this.store.meta.remove(Buffer.from(`${stagingPrefix}${id}`))
      for (const id of dropped) this.catalogue.markDropped(id)
    })
    this.records.set(name, record)
    return record
  }

  /** Begins anew under a new id; what lies under the old one is marked to be cleared. */
  renew(pipeline: string, node: string, layout: StateLayout): StateRecord {
    const name = nameOf(pipeline, node)
    const before = this.records.get(name)
    const fresh = layoutOf(layout)
    const id = this.catalogue.takeId(
      (taken) => this.store.meta.put(Buffer.from(name), sealJson({ id: taken, ...fresh })),
      before?.id
    )
    const record = { id, ...fresh }
    this.records.set(name, record)
    return record
  }

  /** Inside a transaction that drops nodes: their names go. {@link forget} follows when it is durable. */
  removeNames(pipeline: string, nodes: readonly string[]): void {
    for (const node of nodes) this.store.meta.remove(Buffer.from(nameOf(pipeline, node)))
  }

  forget(pipeline: string, nodes: readonly string[]): void {
    for (const node of nodes) this.records.delete(nameOf(pipeline, node))
  }

  /** Takes a stored value of a state to the schema that is in force. Throws `corrupt` for one whose schema it never had. */
  upgrade(schemas: readonly number[], written: number, value: Uint8Array): Uint8Array {
    const way = schemasFrom(schemas, written)
    if (way.length === 0)
      throw corrupt(this.folder, `a state value has the schema ${written}, which its state never had`)
    const name = way.join(" ")
    const known = this.upgrades.get(name) ?? valueUpgrade(way.map((id) => this.schemaText(id)))
    this.upgrades.set(name, known)
    return known(value)
  }

  schemaText(id: number): string {
    const text = this.catalogue.schemaTextOf(id)
    if (text === undefined) throw corrupt(this.folder, `the schema ${id} of a state is missing`)
    return text
  }
}

function layoutOf({ key, retired, states }: StateLayout): StateLayout {
  return { key, states, retired }
}

function nameOf(pipeline: string, node: string): string {
  return `${prefix}${pipeline}/${node}`
}
