import { timerInput } from "@millrace/sdk/record"
import type { LookupTable } from "../data/lookup-table.ts"
import type { MessageBudget } from "../realm/message-budget.ts"
import { bodiesOf, makeHost, outputsOf, statesOf, tablesOf, timerBodyOf } from "./node-definition.ts"
import type { CodecShelf, NodeSettings } from "./node-definition.ts"
import type { HostRequests } from "../realm/host-requests.ts"
import { OutputSet } from "../data/output-set.ts"
import {
  globalObject,
  isFunction,
  isObject,
  makeList,
  mapForEach,
  MapOf,
  mapSet,
  nullObject,
  ReflectApply,
  TypeErrorOf
} from "../realm/primordials.ts"
import type { Body } from "./run-context.ts"
import type { RunClock } from "../realm/run-clock.ts"
import { StateStore } from "../data/state-store.ts"

type Method = (...given: readonly unknown[]) => unknown

/** A node's plugin in its realm, ready for calls. */
export class NodeGuest {
  readonly settings: NodeSettings
  readonly clock: RunClock
  readonly requests: HostRequests
  readonly messages: MessageBudget
  readonly outputs: OutputSet
  readonly store: StateStore
  readonly tables: Map<string, LookupTable>
  readonly kind: "processor" | "source" | "sink"
  readonly bodies: Map<string, Body>
  readonly instance: object
  /** The instance's methods, taken once. */
  readonly methods: { readonly [name: string]: Method | undefined }

  /** Opens the plugin with its config. Throws what the plugin throws, or a TypeError when it is not of the ABI's form. */
  constructor(settings: NodeSettings, shelf: CodecShelf, shared: SharedParts) {
    this.settings = settings
    this.clock = shared.clock
    this.requests = shared.requests
    this.messages = shared.messages
    this.outputs = new OutputSet(outputsOf(settings, shelf), settings.maxOutputBytes)
    this.store = new StateStore(statesOf(settings, shelf))
    this.tables = tablesOf(settings, shelf)
    const bundle = openBundle()
    const host = makeHost(settings, shelf, this.tables, this.requests, this.messages)
    const instance = ReflectApply(bundle.open, bundle.self, [settings.plugin, settings.configJson, host])
    if (!isObject(instance)) throw new TypeErrorOf("the bundle's open did not answer a plugin")
    const kind = instance["kind"]
    if (kind !== "processor" && kind !== "source" && kind !== "sink")
      throw new TypeErrorOf("the plugin is of no known kind")
    this.kind = kind
    this.instance = instance
    this.methods = methodsOf(instance)
    const inputs = makeList<string>()
    mapForEach(shelf.views, (_view, name) => {
      inputs[inputs.length] = name
    })
    this.bodies = kind === "processor" ? bodiesOf(instance, inputs) : new MapOf()
    if (settings.timers) mapSet(this.bodies, timerInput, timerBodyOf(instance))
  }
}

/** What lives as long as the realm. */
export interface SharedParts {
  readonly clock: RunClock
  readonly requests: HostRequests
  readonly messages: MessageBudget
}

function methodsOf(instance: { readonly [name: string]: unknown }): {
  readonly [name: string]: Method | undefined
} {
  const methods: { [name: string]: Method | undefined } = nullObject()
  const names = ["partitions", "read", "write", "commit", "recover"]
  for (let i = 0; i < names.length; i++) {
    const method = instance[names[i]]
    if (isFunction(method)) methods[names[i]] = method
  }
  return methods
}

export interface OpenedBundle {
  readonly self: object
  readonly open: Method
  readonly manifest: Method
  readonly derive: Method
}

/** What the bundle's script left behind. Throws a TypeError when that is not a guest bundle of ABI 1. */
export function openBundle(): OpenedBundle {
  const self = globalObject["__millrace_bundle"]
  if (!isObject(self)) throw new TypeErrorOf("the bundle did not define __millrace_bundle")
  if (self["abi"] !== 1) throw new TypeErrorOf("the bundle is not of guest ABI 1")
  const { open, manifest, derive } = self
  if (!isFunction(open) || !isFunction(manifest) || !isFunction(derive)) {
    throw new TypeErrorOf("the bundle lacks open, manifest or derive")
  }
  return { self, open, manifest, derive }
}
