import type { GuestHost } from "@millrace/sdk/guest"
import { eventTimers, processingTimers } from "@millrace/sdk/record"
import type {
  GuestKey,
  GuestKeyOf,
  GuestMapKey,
  GuestPass,
  GuestStep,
  GuestValueCodec,
  GuestView,
  GuestWriter
} from "../data/codec-shape.ts"
import type { ErrorPolicy } from "../data/failures.ts"
import type { HostRequests } from "../realm/host-requests.ts"
import { LookupTable } from "../data/lookup-table.ts"
import type { MessageBudget } from "../realm/message-budget.ts"
import type { OutputDefinition } from "../data/output-set.ts"
import {
  bindMethod,
  ErrorOf,
  isBytes,
  isFunction,
  isObject,
  makeList,
  mapGet,
  MapOf,
  mapSet,
  TypeErrorOf
} from "../realm/primordials.ts"
import type { Body } from "./run-context.ts"
import type { StateDefinition } from "../data/state-store.ts"

/** What the worker says of a node beside its codecs. Every field is always there. */
export interface NodeSettings {
  readonly node: string
  readonly plugin: string
  readonly configJson: string
  readonly onError: ErrorPolicy
  readonly maxRetries: number
  readonly maxOutputBytes: number
  readonly maxOutputRecordsPerInput: number
  readonly outputs: readonly { readonly name: string; readonly schemaHash: readonly number[] }[]
  readonly state: readonly { readonly name: string; readonly isMap: boolean; readonly ttlMs: number }[]
  readonly timers: boolean
  readonly tables: readonly string[]
  /** Of the first node of a pass, what the last one gives; null: it is not one. */
  readonly pass: { readonly name: string; readonly schemaHash: readonly number[] } | null
  /** Pairs of input name and Avro schema text. */
  readonly schemas: readonly (readonly [input: string, schema: string])[]
}

/** The functions that the worker's codec texts evaluated to, by kind and name. */
export class CodecShelf {
  readonly views: Map<string, GuestView> = new MapOf()
  readonly writers: Map<string, GuestWriter> = new MapOf()
  readonly keys: Map<string, GuestKey> = new MapOf()
  readonly values: Map<string, GuestValueCodec> = new MapOf()
  readonly mapKeys: Map<string, GuestMapKey> = new MapOf()
  readonly tableViews: Map<string, GuestView> = new MapOf()
  readonly tableKeys: Map<string, GuestKeyOf> = new MapOf()
  readonly expressions: Map<string, (row: unknown) => unknown> = new MapOf()
  /** The node's own step of its pass, under "". */
  readonly steps: Map<string, GuestStep> = new MapOf()
  /** The pass that the node is the first of, under "". */
  readonly passes: Map<string, GuestPass> = new MapOf()

  /** Throws a TypeError for a kind that is none of the above. */
  byKind(kind: string): Map<string, unknown> {
    if (kind === "views") return this.views
    if (kind === "writers") return this.writers
    if (kind === "keys") return this.keys
    if (kind === "values") return this.values
    if (kind === "mapKeys") return this.mapKeys
    if (kind === "tableViews") return this.tableViews
    if (kind === "tableKeys") return this.tableKeys
    if (kind === "expressions") return this.expressions
    if (kind === "steps") return this.steps
    if (kind === "passes") return this.passes
    throw new TypeErrorOf("no such kind of codec")
  }
}

export function outputsOf(settings: NodeSettings, shelf: CodecShelf): OutputDefinition[] {
  const list = makeList<OutputDefinition>()
  for (let i = 0; i < settings.outputs.length; i++) {
    const { name, schemaHash } = settings.outputs[i]
    list[i] = {
      name,
      schemaHash: hashOf(schemaHash),
      writer: mapGet(shelf.writers, name),
      key: mapGet(shelf.keys, name)
    }
  }
  return list
}

export function hashOf(bytes: readonly number[]): Uint8Array {
  const hash = new Uint8Array(32)
  for (let i = 0; i < 32; i++) hash[i] = bytes[i]
  return hash
}

export function statesOf(settings: NodeSettings, shelf: CodecShelf): StateDefinition[] {
  const list = makeList<StateDefinition>()
  for (let i = 0; i < settings.state.length; i++) {
    const { name, isMap, ttlMs } = settings.state[i]
    const codec = mapGet(shelf.values, name)
    if (codec === undefined) throw new ErrorOf("the state has no codec: " + name)
    list[i] = {
      name,
      index: i,
      isMap,
      isTimers: false,
      ttlMs,
      codec,
      mapKey: mapGet(shelf.mapKeys, name)
    }
  }
  if (settings.timers) {
    list[list.length] = timerState("~event", eventTimers)
    list[list.length] = timerState("~processing", processingTimers)
  }
  return list
}

/** Timers are map entries that bodies set and never read: they come back as records. */
function timerState(name: string, index: number): StateDefinition {
  const codec: GuestValueCodec = {
    read: () => {
      throw new ErrorOf("timers are not read")
    },
    write: () => {
      throw new ErrorOf("timers have no value")
    }
  }
  return { name, index, isMap: true, isTimers: true, ttlMs: 0, codec, mapKey: undefined }
}

export function tablesOf(settings: NodeSettings, shelf: CodecShelf): Map<string, LookupTable> {
  const tables: Map<string, LookupTable> = new MapOf()
  for (let i = 0; i < settings.tables.length; i++) {
    const view = mapGet(shelf.tableViews, settings.tables[i])
    const keyOf = mapGet(shelf.tableKeys, settings.tables[i])
    if (view === undefined || keyOf === undefined)
      throw new ErrorOf("the table has no codec: " + settings.tables[i])
    mapSet(tables, settings.tables[i], new LookupTable(view, keyOf))
  }
  return tables
}

/** The only thing that reaches a plugin from outside its bundle. */
export function makeHost(
  settings: NodeSettings,
  shelf: CodecShelf,
  tables: Map<string, LookupTable>,
  requests: HostRequests,
  messages: MessageBudget
): GuestHost {
  return {
    expression: (pointer) => (typeof pointer === "string" ? mapGet(shelf.expressions, pointer) : undefined),
    schema: (input) => {
      for (let i = 0; i < settings.schemas.length; i++)
        if (settings.schemas[i][0] === input) return settings.schemas[i][1]
      return undefined
    },
    request: (handle, operation, payloadJson, bytes, reply) => {
      const isSound =
        typeof handle === "string" && typeof operation === "string" && typeof payloadJson === "string"
      if (!isSound || !isFunction(reply) || (bytes !== undefined && !isBytes(bytes))) {
        throw new TypeErrorOf(
          "a host request is (handle, operation, payload text, bytes or undefined, reply)"
        )
      }
      requests.send(handle, operation, payloadJson, bytes, reply)
    },
    lookup: (handle, key) => {
      const table = mapGet(tables, handle)
      if (table === undefined) throw new ErrorOf("no lookup table is declared under this handle")
      return table.lookup(key)
    },
    log: (level, message, fieldsJson) => messages.log(level, message, fieldsJson),
    metric: (handle, kind, labelsJson, value) => messages.metric(handle, kind, labelsJson, value)
  }
}

/** Reads a processor's bodies once, at its opening. Throws a TypeError when they do not have the ABI's form. */
export function bodiesOf(
  instance: { readonly [name: string]: unknown },
  inputs: readonly string[]
): Map<string, Body> {
  const bodies: Map<string, Body> = new MapOf()
  const given = instance["bodies"]
  if (!isObject(given)) throw new TypeErrorOf("the plugin offers no bodies")
  for (let i = 0; i < inputs.length; i++) {
    const body = given[inputs[i]]
    if (!isObject(body)) throw new TypeErrorOf("the plugin has no body for the input " + inputs[i])
    const form = body["form"]
    const call = body["call"]
    if (!isFunction(call) || (form !== "filter" && form !== "map" && form !== "process")) {
      throw new TypeErrorOf("the body for the input " + inputs[i] + " is not of the guest ABI's form")
    }
    const suspends = body["suspends"] === true
    const onDelete = form === "process" && !suspends ? deleterOf(instance, inputs[i]) : undefined
    mapSet(bodies, inputs[i], { form, suspends, call: bindMethod(call, body), onDelete })
  }
  return bodies
}

/** What is called for a delete, where the plugin has something to say of it. */
function deleterOf(
  instance: { readonly [name: string]: unknown },
  input: string
): ((record: unknown) => unknown) | undefined {
  const onDelete = instance["onDelete"]
  if (!isFunction(onDelete)) return undefined
  const call = bindMethod(onDelete, instance)
  return (record) => call(input, record)
}

/** What is called when a timer fires: a body whose values are tags. */
export function timerBodyOf(instance: { readonly [name: string]: unknown }): Body {
  const onTimer = instance["onTimer"]
  if (!isFunction(onTimer)) throw new TypeErrorOf("the plugin declares timers and has no onTimer")
  return {
    form: "process",
    suspends: instance["onTimerSuspends"] === true,
    call: bindMethod(onTimer, instance),
    onDelete: undefined
  }
}
