// oxlint-disable typescript/unbound-method -- methods are taken from their prototypes on purpose, and given their `this`
/**
 * What the harness uses of the language's built-ins, taken before any plugin code runs, so that a plugin that overrides
 * them changes nothing for us. Of what a plugin gives, only these, syntax and own properties are used.
 * This folder runs inside the guest: relative named imports only, no Node or web globals.
 */
const uncurry = Function.prototype.bind.bind(Function.prototype.call)

export const globalObject: { [name: string]: unknown } = globalThis

export const ArrayIsArray: (value: unknown) => value is readonly unknown[] = Array.isArray
export const BigIntOf: (value: string | number) => bigint = BigInt
export const DateOf = Date
export const ErrorOf = Error
export const JsonParse: (text: string) => unknown = JSON.parse
/** For texts that the sandbox process itself made of checked frames. */
export const parseOwnText: <T>(text: string) => T = JSON.parse
export const jsonText: (value: string) => string = JSON.stringify
export const MapOf = Map
export const MathFloor = Math.floor
const isFiniteNumber = Number.isFinite
const isSafeInteger = Number.isSafeInteger
export const ObjectCreate: (prototype: null) => { [name: string]: unknown } = Object.create
export const ObjectDefineProperty = Object.defineProperty
export const ObjectFreeze = Object.freeze
export const ObjectGetOwnPropertyNames: (value: object) => string[] = Object.getOwnPropertyNames
export const ObjectGetPrototypeOf: (value: object) => object | null = Object.getPrototypeOf
export const ObjectKeys: (value: object) => string[] = Object.keys
export const PromiseOf = Promise
export const RangeErrorOf = RangeError
export const ReflectApply = Reflect.apply
export const ReflectConstruct = Reflect.construct
export const SetOf = Set
export const StringFromCharCode = String.fromCharCode
export const TypeErrorOf = TypeError
export const Uint32ArrayOf = Uint32Array
export const Uint8ArrayOf = Uint8Array

export const bindMethod: (method: unknown, owner: object) => (...given: readonly unknown[]) => unknown =
  uncurry(Function.prototype.bind)
export const mapGet: <K, V>(map: Map<K, V>, key: K) => V | undefined = uncurry(Map.prototype.get)
export const mapSet: <K, V>(map: Map<K, V>, key: K, value: V) => unknown = uncurry(Map.prototype.set)
export const mapHas: <K, V>(map: Map<K, V>, key: K) => boolean = uncurry(Map.prototype.has)
export const mapDelete: <K, V>(map: Map<K, V>, key: K) => boolean = uncurry(Map.prototype.delete)
export const mapForEach: <K, V>(map: Map<K, V>, visit: (value: V, key: K) => void) => void = uncurry(
  Map.prototype.forEach
)
const mapSizeGetter: () => unknown = Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get ?? (() => 0)
export const mapSize: <K, V>(map: Map<K, V>) => number = uncurry(mapSizeGetter)
export const promiseThen: (promise: Promise<unknown>, done: () => void) => Promise<unknown> = uncurry(
  Promise.prototype.then
)
export const charCodeAt: (text: string, at: number) => number = uncurry(String.prototype.charCodeAt)
export const stringSlice: (text: string, start: number, end?: number) => string = uncurry(
  String.prototype.slice
)
export const hexOf: (value: number, radix: number) => string = uncurry(Number.prototype.toString)
export const sortInPlace: <T>(list: T[], compare: (a: T, b: T) => number) => T[] = uncurry(
  Array.prototype.sort
)
export const hasOwn: (value: object, name: string) => boolean = Object.hasOwn

const setPrototypeOf: (list: object, prototype: null) => unknown = Object.setPrototypeOf
const createObject: <T>(prototype: null) => { [name: string]: T } = Object.create
/** An object without a prototype. */
export function nullObject<T>(): { [name: string]: T } {
  return createObject<T>(null)
}

/** An array without a prototype: `list[list.length] = x` meets no setter that a plugin put on `Array.prototype`. */
export function makeList<T>(): T[] {
  const list: T[] = []
  setPrototypeOf(list, null)
  return list
}

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return (typeof value === "object" && value !== null) || typeof value === "function"
}

export function NumberIsFinite(value: unknown): value is number {
  return isFiniteNumber(value)
}

export function NumberIsSafeInteger(value: unknown): value is number {
  return isSafeInteger(value)
}

export function isFunction(value: unknown): value is (...given: readonly unknown[]) => unknown {
  return typeof value === "function"
}

const bufferIsView: (value: unknown) => boolean = ArrayBuffer.isView
const tagGetter: () => unknown =
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get ??
  (() => "")
const tagOf: (value: unknown) => unknown = uncurry(tagGetter)

/** Asks V8, not the value's prototype. */
export function isBytes(value: unknown): value is Uint8Array {
  return bufferIsView(value) && tagOf(value) === "Uint8Array"
}

const byteLengthGetter: () => unknown =
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "byteLength")?.get ?? (() => 0)
/** Asks V8: an array's own `length` may lie. */
export const byteLengthOf: (bytes: Uint8Array) => number = uncurry(byteLengthGetter)

/**
 * Byte arrays are what codecs are made of, so their methods are made unchangeable instead of captured. Frozen as a whole: an
 * object whose properties are redefined one by one becomes a dictionary to V8, which then inlines none of its methods, and a
 * hop takes twice as long.
 */
export function lockByteArrays(): void {
  ObjectFreeze(ObjectGetPrototypeOf(Uint8Array.prototype))
  ObjectFreeze(Uint8Array.prototype)
  ObjectFreeze(Uint32Array.prototype)
  ObjectFreeze(DataView.prototype)
  ObjectFreeze(ArrayBuffer.prototype)
  // A species of the plugin's would be given the buffers that are cut and copied.
  ObjectFreeze(ObjectGetPrototypeOf(Uint8Array))
  ObjectFreeze(Uint8Array)
  ObjectFreeze(Uint32Array)
  ObjectFreeze(DataView)
  ObjectFreeze(ArrayBuffer)
}
