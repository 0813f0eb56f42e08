// oxlint-disable typescript/unbound-method -- none of them looks at its `this`
/**
 * The language's functions that codecs and frames use, taken when this is loaded: inside the sandbox that is before any plugin
 * code, and what a plugin does to `Number` or `Math` changes nothing for them. To lock `Number` and `Math` instead makes V8 keep
 * them as dictionaries, and every call of theirs slow, the plugin's own as well.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export const isSafeInteger: (value: unknown) => boolean = Number.isSafeInteger
export const isInteger: (value: unknown) => boolean = Number.isInteger
export const floorOf = Math.floor
export const roundOf = Math.round
export const maxOf = Math.max
export const imulOf = Math.imul
export const froundOf = Math.fround
export const isArray: (value: unknown) => value is readonly unknown[] = Array.isArray
export const keysOf: (value: object) => string[] = Object.keys
export const hasOwn: (value: object, name: PropertyKey) => boolean = Object.hasOwn
export const prototypeOf: (value: unknown) => unknown = Object.getPrototypeOf
export const createObject: (prototype: null) => { [name: string]: unknown } = Object.create
export const getOf: (value: object, name: PropertyKey) => unknown = Reflect.get
export const fromCharCode: (...units: number[]) => string = String.fromCharCode
export const applyTo: <A extends unknown[], B>(call: (...given: A) => B, self: undefined, given: A) => B =
  Reflect.apply
export const substringOf: (text: string, start: number, end: number) => string = Function.prototype.call.bind(
  String.prototype.substring
)
const lengthGetter = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  "length"
)?.get
/** Asks V8: a byte array's own `length` may lie. Throws a TypeError for what is none. */
export const lengthOf: (bytes: Uint8Array) => number = Function.prototype.call.bind(lengthGetter ?? (() => 0))
export const bigintOf = BigInt
export const asSigned = BigInt.asIntN
