import { createHash } from "node:crypto"
import { TransportError } from "../transport.ts"
import type { Topic, TopicSpec } from "../transport.ts"
import { corrupt } from "./failure.ts"
import { readIds, readNodeId, readTopic } from "./meta-text.ts"
import type { Store } from "./store.ts"
import { openValue, sealJson, sealValue } from "./value.ts"

/** Something whose name is gone and whose entries are still to be cleared. */
export interface Dropped {
  readonly kind: "topic" | "node"
  readonly id: number
}

/**
 * Topics, nodes and schemas with the ids they were given once and for ever. Held in memory and written through: the
 * folder has one owner. Every method that writes runs a transaction of its own and throws what the store throws.
 */
export class Catalogue {
  readonly topics = new Map<string, Topic>()
  private readonly nodes = new Map<string, number>()
  private readonly schemaIds = new Map<string, number>()
  private readonly store: Store
  private readonly folder: string
  private nextId = 1
  private nextSchema = 1

  constructor(folder: string, store: Store) {
    this.folder = folder
    this.store = store
    store.read(() => this.load())
  }

  ensureTopic(spec: TopicSpec): Topic {
    const known = this.topics.get(spec.name)
    if (known !== undefined) return this.again(sameTopic(known, spec), spec)
    checkTopic(spec)
    const topic = topicOf(spec, this.nextId)
    this.store.write(() => {
      this.store.meta.put(Buffer.from(`topic:${spec.name}`), sealJson(topic))
      this.putIds(this.nextId + 1, this.nextSchema)
    })
    this.nextId += 1
    this.topics.set(spec.name, topic)
    return topic
  }

  /** What a topic keeps may change. */
  private again(known: Topic, spec: TopicSpec): Topic {
    if (known.retainBytes === spec.retainBytes && isCompacted(known) === isCompacted(spec)) return known
    const topic = { ...topicOf(spec, known.id), internal: known.internal }
    this.store.write(() => this.store.meta.put(Buffer.from(`topic:${spec.name}`), sealJson(topic)))
    this.topics.set(spec.name, topic)
    return topic
  }

  /** Throws `unknownTopic`. */
  topic(name: string): Topic {
    const topic = this.topics.get(name)
    if (topic === undefined)
      throw new TransportError({ reason: "unknownTopic", message: `there is no topic ${name}` })
    return topic
  }

  /** A topic's name, for messages; the number of one that is gone. */
  nameOf(topicId: number): string {
    for (const { id, name } of this.topics.values()) if (id === topicId) return name
    return String(topicId)
  }

  /** Takes the topic's name away at once; its records are cleared later, and a mark stands until they are. */
  dropTopic(name: string): Dropped | undefined {
    const topic = this.topics.get(name)
    if (topic === undefined) return undefined
    const dropped: Dropped = { kind: "topic", id: topic.id }
    this.store.write(() => {
      this.store.meta.remove(Buffer.from(`topic:${name}`))
      this.putMark(dropped)
    })
    this.topics.delete(name)
    return dropped
  }

  /**
   * Takes ids away from nodes: asked again they get new ones, so that nothing kept under the old ones is seen. `states`: ids
   * of their state, whose names `alongside` takes away in the same transaction.
   */
  dropNodes(
    pipeline: string,
    nodes: readonly string[] | undefined,
    { alongside, states }: { readonly states: readonly number[]; readonly alongside: () => void }
  ): readonly Dropped[] {
    const going = this.nodesOf(pipeline).filter(({ node }) => nodes === undefined || nodes.includes(node))
    const dropped = [...going.map(({ id }) => id), ...states].map((id): Dropped => ({ kind: "node", id }))
    this.store.write(() => {
      for (const { node } of going) this.store.meta.remove(Buffer.from(`node:${pipeline}/${node}`))
      alongside()
      for (const mark of dropped) this.putMark(mark)
    })
    for (const { node } of going) this.nodes.delete(`node:${pipeline}/${node}`)
    return dropped
  }

  /** A new id, taken in one transaction with what `write` does with it; `dropped`: an id that it takes the place of. */
  takeId(write: (id: number) => void, dropped: number | undefined): number {
    const id = this.nextId
    this.store.write(() => {
      write(id)
      if (dropped !== undefined) this.putMark({ kind: "node", id: dropped })
      this.putIds(id + 1, this.nextSchema)
    })
    this.nextId += 1
    return id
  }

  /** What was dropped and is not all cleared. */
  dropped(): readonly Dropped[] {
    return this.store.read(() =>
      this.metaRange("dropped:").map(({ name }) => {
        const [, kind, id] = name.split(":")
        return { kind: kind === "topic" ? "topic" : "node", id: Number(id) }
      })
    )
  }

  cleared({ kind, id }: Dropped): void {
    this.store.write(() => this.store.meta.remove(Buffer.from(`dropped:${kind}:${id}`)))
  }

  nodeId(pipeline: string, node: string): number {
    const name = `node:${pipeline}/${node}`
    const known = this.nodes.get(name)
    if (known !== undefined) return known
    const id = this.nextId
    this.store.write(() => {
      this.store.meta.put(Buffer.from(name), sealJson({ id }))
      this.putIds(id + 1, this.nextSchema)
    })
    this.nextId += 1
    this.nodes.set(name, id)
    return id
  }

  /** Nodes of a pipeline that were ever given an id. */
  nodesOf(pipeline: string): readonly { readonly node: string; readonly id: number }[] {
    const prefix = `node:${pipeline}/`
    const found: { readonly node: string; readonly id: number }[] = []
    for (const [name, id] of this.nodes)
      if (name.startsWith(prefix)) found.push({ node: name.slice(prefix.length), id })
    return found
  }

  putSchema(text: string): Uint8Array {
    const hash = createHash("sha256").update(text, "utf8").digest()
    const name = hash.toString("hex")
    if (this.schemaIds.has(name)) return new Uint8Array(hash)
    const id = Buffer.allocUnsafe(4)
    id.writeUInt32LE(this.nextSchema)
    this.store.write(() => {
      this.store.schemas.put(hash, sealValue(id, Buffer.from(text, "utf8")))
      this.putIds(this.nextId, this.nextSchema + 1)
    })
    this.schemaIds.set(name, this.nextSchema)
    this.nextSchema += 1
    return new Uint8Array(hash)
  }

  schemaText(hash: Uint8Array): string | undefined {
    const stored = this.store.read(() => this.store.schemas.get(Buffer.from(hash)))
    if (stored === undefined) return undefined
    const value = openValue(stored)
    if (value === undefined) throw corrupt(this.folder, "a schema fails its CRC")
    return value.subarray(4).toString("utf8")
  }

  /** Dense id of a schema; 0 for one that is not known or not given. */
  schemaId(hash: Uint8Array | undefined): number {
    return hash === undefined ? 0 : (this.schemaIds.get(Buffer.from(hash).toString("hex")) ?? 0)
  }

  /** Text of a schema by its dense id. */
  schemaTextOf(id: number): string | undefined {
    for (const [hash, known] of this.schemaIds)
      if (known === id) return this.schemaText(Buffer.from(hash, "hex"))
    return undefined
  }

  /** Inside a transaction: what lies under the id of a node or of its state is to be cleared. */
  markDropped(id: number): void {
    this.putMark({ kind: "node", id })
  }

  private putMark({ kind, id }: Dropped): void {
    this.store.meta.put(Buffer.from(`dropped:${kind}:${id}`), sealJson({}))
  }

  private putIds(nextId: number, nextSchema: number): void {
    this.store.meta.put(Buffer.from("next-id"), sealJson({ id: nextId, schema: nextSchema }))
  }

  private load(): void {
    for (const { name, value } of this.metaRange("topic:"))
      this.topics.set(name.slice("topic:".length), readTopic(value))
    for (const { name, value } of this.metaRange("node:")) this.nodes.set(name, readNodeId(value))
    for (const { key, value } of this.store.schemas.entries({}))
      this.schemaIds.set(key.toString("hex"), value.readUInt32LE(4))
    const stored = this.store.meta.get(Buffer.from("next-id"))
    if (stored === undefined) return
    const ids = readIds(this.opened(stored))
    this.nextId = ids.id
    this.nextSchema = ids.schema
  }

  /** Entries of the catalogue whose names begin so, their CRC checked. */
  metaRange(prefix: string): readonly { readonly name: string; readonly value: Buffer }[] {
    const start = Buffer.from(prefix)
    const end = Buffer.from(`${prefix.slice(0, -1)};`)
    const found: { readonly name: string; readonly value: Buffer }[] = []
    for (const { key, value } of this.store.meta.entries({ start, end }))
      found.push({ name: key.toString("utf8"), value: this.opened(value) })
    return found
  }

  private opened(stored: Buffer): Buffer {
    const value = openValue(stored)
    if (value === undefined) throw corrupt(this.folder, "an entry of the catalogue fails its CRC")
    return value
  }
}

function topicOf({ internal, name, partitions, retainBytes, ...spec }: TopicSpec, id: number): Topic {
  return {
    name,
    partitions,
    internal,
    id,
    ...(retainBytes === undefined ? {} : { retainBytes }),
    ...(isCompacted(spec) ? { compact: true } : {})
  }
}

const isCompacted = ({ compact }: Pick<TopicSpec, "compact">): boolean => compact === true

function sameTopic(known: Topic, spec: TopicSpec): Topic {
  if (known.partitions === spec.partitions) return known
  throw new TransportError({
    reason: "partitionCount",
    message:
      `topic ${spec.name} has ${known.partitions} partitions, not ${spec.partitions}, and that never changes. ` +
      `Ask for ${known.partitions}, or take another name.`
  })
}

const maxNameBytes = 1024

function checkTopic(spec: TopicSpec): void {
  const isCount = Number.isInteger(spec.partitions) && spec.partitions >= 1 && spec.partitions <= 0x7fff
  if (!isCount)
    throw new TransportError({
      reason: "partitionCount",
      message: `topic ${spec.name}: ${spec.partitions} partitions; 1 to 32767 are possible`
    })
  const bytes = Buffer.byteLength(spec.name)
  if (bytes === 0 || bytes > maxNameBytes)
    throw new TransportError({ reason: "unknownTopic", message: "a topic's name has 1 to 1024 bytes" })
}
