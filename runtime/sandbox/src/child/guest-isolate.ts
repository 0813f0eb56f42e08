import ivm from "isolated-vm"
import type { BundleParts } from "../protocol/bundle-parts.ts"
import { bundleFile } from "../protocol/bundle-place.ts"
import { youngMiB } from "../protocol/young-generation.ts"
import type { CodeCache } from "./code-cache.ts"
import type { FrameWindow } from "./frame-window.ts"
import { GuestStopped } from "./guest-stopped.ts"

/** isolated-vm takes no less. */
const leastOldMiB = 8
const pageBytes = 4096

/** Of one process, for all its isolates. */
export type CompiledCode = CodeCache<ivm.ExternalCopy<ArrayBuffer>>

export type Primitive = string | number | boolean | undefined
export type Given = Primitive | Uint8Array

/** Wall-clock limit of what the guest runs for one question. */
export interface Deadline {
  /** Milliseconds left; at least 1. */
  readonly leftMs: () => number
  readonly isPast: () => boolean
}

/**
 * One isolate for a segment, or for several that share it, and in it a realm for each node. All are of one trust domain and run one
 * after the other; an isolate for each node would cost 4 ms and reserve 512 MiB of address space for code, which counts against the
 * process's data limit. Called synchronously on this thread, with a timeout; without `onCatastrophicError`, so that V8 aborts the
 * process where it has lost control.
 */
export class GuestIsolate {
  readonly isolate: ivm.Isolate
  readonly isTimed: boolean
  /** What of frames may be given as text in one call: such texts are the isolate's until it collects the next young objects. */
  readonly mostTextBytes: number
  /** What of a window may be mapped for it: that counts as its own, for each turn. */
  readonly mostWindowBytes: number
  /** Numbers of the segments that have realms in it. */
  readonly members: Set<number> = new Set()
  /** What it compiled, for its next realm; by the code, which the process has once for each text. */
  private readonly scripts: Map<object, ivm.Script> = new Map()
  private readonly disabled: readonly string[]
  private readonly harness: ivm.Script
  private readonly code: CompiledCode
  /** By number, as its realms are given them. */
  private readonly windows: Map<number, GivenWindow> = new Map()
  /** In which no plugin is. */
  private neutral: ivm.Context | undefined
  private preloaded: { readonly library: string; readonly realm: GuestRealm } | undefined

  constructor(memoryMiB: number, harness: string, disabled: readonly string[], code: CompiledCode) {
    this.disabled = disabled
    this.code = code
    this.isTimed = !disabled.includes("timeout")
    this.mostTextBytes = (memoryMiB * 2 ** 20) / 32
    this.mostWindowBytes = Math.floor((memoryMiB * 2 ** 20) / 16 / pageBytes) * pageBytes
    // The limit is the old generation's, and the young one comes on top.
    this.isolate = new ivm.Isolate({ memoryLimit: Math.max(leastOldMiB, memoryMiB - youngMiB) })
    this.harness = this.compile(`(function () {\n${harness}\n})`, "harness")
  }

  /** Compiles a text that other isolates of this process may compile too; once for all realms of this one. */
  compile(text: string, filename: string, lineOffset = 0): ivm.Script {
    const cachedData = this.code.get(text)
    const known = cachedData === undefined ? undefined : this.scripts.get(cachedData)
    if (known !== undefined) return known
    const script =
      cachedData === undefined
        ? this.isolate.compileScriptSync(text, { filename, lineOffset, produceCachedData: true })
        : this.isolate.compileScriptSync(text, { filename, lineOffset, cachedData })
    const made: unknown = cachedData ?? Reflect.get(script, "cachedData")
    if (made instanceof ivm.ExternalCopy) {
      if (cachedData === undefined) this.code.put(text, made)
      this.scripts.set(made, script)
    }
    return script
  }

  /** Opens a realm and runs a library there ahead, for the next bundle that begins with it. Nothing where the library throws: its bundle will say so. */
  preload(library: string, deadline: Deadline): void {
    if (this.isPreloadedWith(library)) return
    const realm = this.openRealm(deadline)
    if (realm.runLibrary(library, deadline) !== undefined) return realm.release()
    this.preloaded?.realm.release()
    this.preloaded = { library, realm }
  }

  get isPreloaded(): boolean {
    return this.preloaded !== undefined
  }

  isPreloadedWith(library: string): boolean {
    return this.preloaded?.library === library
  }

  /** A realm for a bundle that begins with the library: the one in which it was run ahead, once, or a new one. */
  realmFor(library: string, deadline: Deadline): GuestRealm {
    const { preloaded } = this
    if (preloaded?.library !== library) return this.openRealm(deadline)
    this.preloaded = undefined
    return preloaded.realm
  }

  openRealm(deadline: Deadline): GuestRealm {
    const context = this.isolate.createContextSync()
    const make: ivm.Reference = this.harness.runSync(context, { reference: true })
    const exports: ivm.Reference = make.applySync(undefined, [], { result: { reference: true } })
    const openHarness: ivm.Reference = exports.getSync("openHarness", { reference: true })
    const disabled = new ivm.ExternalCopy([...this.disabled]).copyInto({ release: true })
    const functions: { [name: string]: ivm.Reference } = Object.create(null)
    const thrown = this.guarded(deadline, (timeout) => {
      const result = { reference: true } as const
      const table: ivm.Reference = openHarness.applySync(undefined, [disabled], { ...timeout, result })
      for (const name of harnessNames) functions[name] = table.getSync(name, { reference: true })
    })
    if (thrown !== undefined) throw new GuestStopped("broken", thrown.message)
    return new GuestRealm(this, context, functions)
  }

  /** Runs what enters the isolate. What the guest throws is answered as text; a guest out of time or memory is stopped. */
  guarded(deadline: Deadline, run: (timeout: { timeout?: number }) => void): Thrown | undefined {
    try {
      run(this.isTimed ? { timeout: deadline.leftMs() } : {})
    } catch (error) {
      if (this.isolate.isDisposed) throw new GuestStopped("memory", "the guest's heap reached its limit")
      if (this.isTimed && deadline.isPast())
        throw new GuestStopped("deadline", "the guest ran past its deadline")
      return error instanceof Error
        ? { message: error.message, stack: (error.stack ?? "").slice(0, maxStackLength) }
        : { message: "an error", stack: "" }
    }
    if (this.isTimed && deadline.isPast())
      throw new GuestStopped("deadline", "the guest ran past its deadline")
    return undefined
  }

  /** The window as it has it, where that is as much as there is of it, or as it may have. */
  given(window: FrameWindow): GivenWindow | undefined {
    const known = this.windows.get(window.number)
    return known?.of === window.bytes || (known?.length ?? 0) >= this.mostWindowBytes ? known : undefined
  }

  /** Gives it the window, for all its realms: one buffer, which is of none of them, for it would keep its realm. */
  give(window: FrameWindow): GivenWindow {
    this.windows.get(window.number)?.reference.release()
    this.neutral ??= this.isolate.createContextSync()
    const buffer = window.give(this.mostWindowBytes)
    const length = buffer.byteLength
    const reference: ivm.Reference = this.neutral.evalClosureSync("return $0", [handed(buffer)], {
      result: { reference: true }
    })
    const given = { of: window.bytes, length, reference }
    this.windows.set(window.number, given)
    return given
  }

  dispose(): void {
    if (!this.isolate.isDisposed) this.isolate.dispose()
  }
}

/** A window within one isolate. */
interface GivenWindow {
  /** What the process has of it. */
  readonly of: Uint8Array
  readonly length: number
  readonly reference: ivm.Reference
}

/** What a guest threw, as text. */
export interface Thrown {
  readonly message: string
  readonly stack: string
}

const maxStackLength = 1500

const harnessNames = [
  "define",
  "open",
  "table",
  "window",
  "run",
  "step",
  "link",
  "pass",
  "poll",
  "answer",
  "take",
  "drop",
  "inspect"
]

/**
 * A node's realm. INVARIANT: into it go primitives, moved ArrayBuffers and the frame windows, out of it come primitives and copied ArrayBuffers;
 * besides, the harness of a pass's first node gets functions of the others' harnesses, in the same isolate, and no plugin does.
 */
export class GuestRealm {
  private readonly owner: GuestIsolate
  private readonly context: ivm.Context
  private readonly functions: { readonly [name: string]: ivm.Reference }
  /** By number. */
  private readonly shown: (GivenWindow | undefined)[] = []
  private hasLibrary = false

  constructor(
    owner: GuestIsolate,
    context: ivm.Context,
    functions: { readonly [name: string]: ivm.Reference }
  ) {
    this.owner = owner
    this.context = context
    this.functions = functions
  }

  private evaluate(text: string, name: string): ivm.Reference {
    const script = this.owner.isolate.compileScriptSync(text, { filename: name })
    const value: ivm.Reference = script.runSync(this.context, { reference: true })
    script.release()
    return value
  }

  /** Gives the harness what a codec text evaluates to. */
  define(kind: string, name: string, text: string): void {
    const made = this.evaluate(`(${text}\n)`, kind)
    this.functions["define"]?.applySync(undefined, [kind, name, made.derefInto({ release: true })])
  }

  /** Runs what a bundle begins with, for whatever comes after it. */
  runLibrary(library: string, deadline: Deadline): Thrown | undefined {
    return this.owner.guarded(deadline, (timeout) => {
      this.owner.compile(library, bundleFile).runSync(this.context, timeout)
      this.hasLibrary = true
    })
  }

  /**
   * Runs the bundle, but for a library that was run before. What it throws becomes plain text; it may also be stopped. `once`: no
   * other isolate of this process will run it, and nothing of its own is kept for them.
   */
  runBundle(
    bundle: BundleParts,
    deadline: Deadline,
    { once }: { readonly once: boolean }
  ): Thrown | undefined {
    const { library, own, ownLine } = bundle
    const thrown = library === "" || this.hasLibrary ? undefined : this.runLibrary(library, deadline)
    if (thrown !== undefined) return thrown
    return this.owner.guarded(deadline, (timeout) => {
      const script = once
        ? this.owner.isolate.compileScriptSync(own, { filename: bundleFile, lineOffset: ownLine })
        : this.owner.compile(own, bundleFile, ownLine)
      script.runSync(this.context, { ...timeout, release: once })
    })
  }

  /** Shows the realm the window in force; answers how much of it the realm has. */
  show(window: FrameWindow, deadline: Deadline): number {
    const known = this.owner.given(window)
    if (known !== undefined && known === this.shown[window.number]) return known.length
    let given: GivenWindow | undefined
    const stray = this.owner.guarded(deadline, (timeout) => {
      given = this.owner.given(window) ?? this.owner.give(window)
      this.functions["window"]?.applySync(undefined, [window.number, given.reference.derefInto()], timeout)
    })
    if (given === undefined) throw new GuestStopped("broken", stray?.message ?? "no window")
    this.shown[window.number] = given
    return given.length
  }

  /** Calls the harness. A stray rejection of the plugin surfaces here as an error: it is answered beside the result. */
  call(
    name: string,
    given: readonly Given[],
    deadline: Deadline
  ): { readonly result: unknown; readonly stray: string | undefined } {
    let result: unknown
    const stray = this.owner.guarded(deadline, (timeout) => {
      result = this.functions[name]?.applySync(undefined, given.map(moved), timeout)
    })
    return { result, stray: stray?.message }
  }

  /** The node as a step of a pass, for a realm of the same isolate; undefined: it cannot be one. */
  step(deadline: Deadline): ivm.Reference | undefined {
    let step: ivm.Reference | undefined
    this.owner.guarded(deadline, (timeout) => {
      step = this.functions["step"]?.applySync(undefined, [], { ...timeout, result: { reference: true } })
    })
    if (step?.typeof === "object") return step
    step?.release()
    return undefined
  }

  /** Answers whether it was taken. */
  link(step: ivm.Reference, deadline: Deadline): boolean {
    const thrown = this.owner.guarded(deadline, (timeout) => {
      this.functions["link"]?.applySync(undefined, [step.derefInto({ release: true })], timeout)
    })
    return thrown === undefined
  }

  /** Lets the isolate forget the realm. */
  release(): void {
    if (this.owner.isolate.isDisposed) return
    for (const reference of Object.values(this.functions)) reference.release()
    this.context.release()
  }

  /** Takes bytes out of the realm: a copy. */
  take(index: number, deadline: Deadline): Uint8Array {
    let taken: unknown
    const stray = this.owner.guarded(deadline, (timeout) => {
      const copy: unknown = this.functions["take"]?.applySync(undefined, [index], {
        ...timeout,
        result: { externalCopy: true }
      })
      taken = copy instanceof ivm.ExternalCopy ? copy.copy({ transferIn: true, release: true }) : undefined
    })
    if (!(taken instanceof ArrayBuffer))
      throw new GuestStopped("broken", stray?.message ?? "the guest gave no bytes")
    return new Uint8Array(taken)
  }
}

/** Shared memory is as well of whoever gave it; any other is no more. */
function handed(buffer: ArrayBufferLike): unknown {
  return buffer instanceof SharedArrayBuffer
    ? new ivm.ExternalCopy(buffer).copyInto({ release: true })
    : new ivm.ExternalCopy(buffer, { transferOut: true }).copyInto({ transferIn: true, release: true })
}

function moved(given: Given): unknown {
  if (!(given instanceof Uint8Array)) return given
  // A buffer of its own size is moved; part of a larger one is copied first.
  const isWhole = given.byteLength === given.buffer.byteLength
  return handed(isWhole ? given.buffer : new Uint8Array(given).buffer)
}
