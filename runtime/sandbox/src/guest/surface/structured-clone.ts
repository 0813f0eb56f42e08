import { ErrorOf } from "../realm/primordials.ts"
import { offer } from "./timers.ts"

/** `structuredClone` (HTML §StructuredSerialize) for what a plugin can hold here; nothing is transferred. */
export function installStructuredClone(): void {
  offer("structuredClone", (value: unknown) => clone(value, new Map()))
}

function clone(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol") throw uncloneable()
  if (typeof value !== "object" || value === null) return value
  if (seen.has(value)) return seen.get(value)
  const special = cloneSpecial(value, seen)
  if (special !== undefined) return special
  if (Object.prototype.toString.call(value) !== "[object Object]") throw uncloneable()
  const copy: { [name: string]: unknown } = {}
  seen.set(value, copy)
  for (const [name, part] of Object.entries(value)) {
    Object.defineProperty(copy, name, {
      value: clone(part, seen),
      writable: true,
      enumerable: true,
      configurable: true
    })
  }
  return copy
}

function cloneSpecial(value: object, seen: Map<object, unknown>): unknown {
  if (Array.isArray(value)) {
    const copy: unknown[] = []
    seen.set(value, copy)
    copy.length = value.length
    for (const name of Object.keys(value)) Reflect.set(copy, name, clone(Reflect.get(value, name), seen))
    return copy
  }
  if (value instanceof Date) return keep(seen, value, new Date(value.getTime()))
  if (value instanceof RegExp) return keep(seen, value, new RegExp(value.source, value.flags))
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>()
    seen.set(value, copy)
    for (const [key, part] of value) copy.set(clone(key, seen), clone(part, seen))
    return copy
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>()
    seen.set(value, copy)
    for (const part of value) copy.add(clone(part, seen))
    return copy
  }
  if (value instanceof ArrayBuffer) return keep(seen, value, value.slice(0))
  if (ArrayBuffer.isView(value)) return keep(seen, value, cloneView(value, seen))
  if (value instanceof Error) return keep(seen, value, cloneError(value))
  return undefined
}

function keep(seen: Map<object, unknown>, value: object, copy: unknown): unknown {
  seen.set(value, copy)
  return copy
}

function cloneView(view: ArrayBufferView, seen: Map<object, unknown>): unknown {
  const buffer = clone(view.buffer, seen)
  if (!(buffer instanceof ArrayBuffer)) throw uncloneable()
  const length = "length" in view ? view.length : view.byteLength
  return Reflect.construct(view.constructor, [buffer, view.byteOffset, length])
}

function cloneError(error: Error): Error {
  const copy = new ErrorOf(error.message)
  Object.defineProperty(copy, "name", { value: String(error.name), writable: true, configurable: true })
  return copy
}

function uncloneable(): Error {
  const error = new ErrorOf("the value cannot be cloned")
  Object.defineProperty(error, "name", { value: "DataCloneError" })
  return error
}
