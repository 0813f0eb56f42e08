import {
  lockByteArrays,
  globalObject,
  ObjectDefineProperty,
  ObjectGetOwnPropertyNames,
  ReflectConstruct,
  TypeErrorOf
} from "./primordials.ts"

/**
 * The prelude: takes from the realm what escapes the sandbox's limits, before any plugin code runs.
 * WebAssembly, SharedArrayBuffer and resizable buffers hold memory that no isolate's limit counts; FinalizationRegistry and
 * WebAssembly's promises run code outside any call's deadline; Atomics can stop the thread; WeakRef shows the collector's work;
 * code made of strings at the limit of the stack has crashed the process.
 */
export function closeRealm(): void {
  removeGlobals(["WebAssembly", "SharedArrayBuffer", "Atomics", "FinalizationRegistry", "WeakRef", "eval"])
  closeFunctionConstructors()
  refuseResizableBuffers()
  lockGlobals()
  lockByteArrays()
}

function removeGlobals(names: readonly string[]): void {
  for (let i = 0; i < names.length; i++) {
    // The prototypes stay out of reach with the constructors: nothing else leads to them.
    delete globalObject[names[i]]
  }
}

/** `x instanceof Function` and `fn.constructor` go on working; calling or constructing throws. */
function closeFunctionConstructors(): void {
  const asyncFunction = async (): Promise<void> => undefined
  const generator = function* (): Generator<undefined> {
    yield undefined
  }
  const asyncGenerator = async function* (): AsyncGenerator<undefined> {
    yield undefined
  }
  globalObject["Function"] = closeConstructor(Function.prototype, "Function")
  closeConstructor(Object.getPrototypeOf(asyncFunction), "AsyncFunction")
  closeConstructor(Object.getPrototypeOf(generator), "GeneratorFunction")
  closeConstructor(Object.getPrototypeOf(asyncGenerator), "AsyncGeneratorFunction")
}

function closeConstructor(prototype: object, name: string): unknown {
  const closed = function (): never {
    throw new TypeErrorOf("code cannot be made of strings in a sandbox (" + name + ")")
  }
  ObjectDefineProperty(closed, "name", { value: name })
  ObjectDefineProperty(closed, "prototype", { value: prototype, writable: false })
  ObjectDefineProperty(prototype, "constructor", { value: closed, writable: false, configurable: false })
  return closed
}

function refuseResizableBuffers(): void {
  const Original = ArrayBuffer
  const construct = function (this: unknown, length: unknown, options: unknown): unknown {
    if (new.target === undefined) throw new TypeErrorOf("Constructor ArrayBuffer requires 'new'")
    if (options !== undefined && options !== null) {
      throw new TypeErrorOf("resizable buffers are not offered in a sandbox")
    }
    return ReflectConstruct(Original, [length], new.target)
  }
  const names = ObjectGetOwnPropertyNames(Original)
  for (let i = 0; i < names.length; i++) {
    if (names[i] === "length" || names[i] === "name" || names[i] === "prototype") continue
    const descriptor = Object.getOwnPropertyDescriptor(Original, names[i])
    if (descriptor !== undefined) ObjectDefineProperty(construct, names[i], descriptor)
  }
  ObjectDefineProperty(construct, "name", { value: "ArrayBuffer" })
  ObjectDefineProperty(construct, "length", { value: 1 })
  ObjectDefineProperty(construct, "prototype", { value: Original.prototype, writable: false })
  ObjectDefineProperty(Original.prototype, "constructor", {
    value: construct,
    writable: false,
    configurable: false
  })
  delete globalObject["ArrayBuffer"]
  ObjectDefineProperty(globalObject, "ArrayBuffer", {
    value: construct,
    writable: true,
    configurable: true,
    enumerable: false
  })
  const prototype: { [name: string]: unknown } = Object.getPrototypeOf(Object.create(Original.prototype))
  delete prototype["resize"]
}

/** Codecs and harness name these when they run: a plugin that deletes or replaces one would stop its whole batch. */
function lockGlobals(): void {
  lock(globalObject, [
    "Array",
    "ArrayBuffer",
    "BigInt",
    "Boolean",
    "DataView",
    "Error",
    "Map",
    "Math",
    "Number",
    "Object",
    "Promise",
    "RangeError",
    "Reflect",
    "Set",
    "String",
    "Symbol",
    "TypeError",
    "Uint32Array",
    "Uint8Array"
  ])
}

function lock(owner: object, names: readonly string[]): void {
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperty(owner, names[i], { writable: false, configurable: false })
  }
}
