import avsc from "avsc"
import type { AvroType, FixedType, NamedType, PrimitiveType } from "@millrace/sdk/avro"

/** avsc 5.7.9 as the oracle: every union's branch named, logical types left as their base. */
export const oracleType = (type: AvroType): avsc.Type =>
  avsc.Type.forSchema(JSON.parse(JSON.stringify(schemaFor(type, new Set()))), { wrapUnions: true })

/**
 * The schema with all names in full, and those without a namespace in one of their own: within another namespace, avsc
 * finds no type that has none. Names match by their last part, so nothing else changes.
 */
const schemaFor = (type: AvroType, seen: Set<string>): unknown => {
  switch (type.kind) {
    case "union":
      return type.branches.map((branch) => schemaFor(branch, seen))
    case "array":
      return { type: "array", items: schemaFor(type.items, seen) }
    case "map":
      return { type: "map", values: schemaFor(type.values, seen) }
    case "record":
    case "enum":
    case "fixed":
      return namedFor(type, seen)
    default:
      return type.kind
  }
}

const namedFor = (type: NamedType, seen: Set<string>): unknown => {
  const name = oracleName(type.name)
  if (seen.has(name)) return name
  seen.add(name)
  const head = { type: type.kind, name, aliases: type.aliases.map(oracleName) }
  if (type.kind === "fixed") return { ...head, size: type.size }
  if (type.kind === "enum")
    return {
      ...head,
      symbols: type.symbols,
      ...(type.default === undefined ? {} : { default: type.default })
    }
  const fields = type.fields.map((field) => ({
    name: field.name,
    aliases: field.aliases,
    type: schemaFor(field.type, seen),
    ...(field.default === undefined ? {} : { default: field.default.value })
  }))
  return { ...head, fields }
}

const oracleName = (name: string): string => (name.includes(".") ? name : `nowhere.${name}`)

/** How avsc reads another schema's bytes. Throws when it finds the two incompatible. */
export const oracleReader = (writer: avsc.Type, reader: avsc.Type): ((bytes: Uint8Array) => unknown) => {
  // ignoreNamespaces: names match by their last part, as the specification says.
  const resolver = reader.createResolver(writer, { ignoreNamespaces: true })
  return (bytes) => reader.fromBuffer(Buffer.from(bytes), resolver, false)
}

export interface Looks {
  /** Rounds what a float was promoted from, which avsc does not. */
  readonly roundFloats: boolean
}

/** A value as avsc gives it, as ours looks (sdk/src/codec/view.ts). Written apart from ours on purpose. */
export const lookOfOracle = (type: AvroType, value: unknown, looks: Looks): unknown => {
  switch (type.kind) {
    case "union":
      return unionLook(type.branches, value, looks)
    case "record":
      return Object.fromEntries(
        type.fields.map((field) => [
          field.name,
          lookOfOracle(field.type, Reflect.get(Object(value), field.name), looks)
        ])
      )
    case "array":
      return Array.isArray(value) ? value.map((item) => lookOfOracle(type.items, item, looks)) : value
    case "map": {
      const entries = Object.entries(Object(value)).map(([key, item]) => [
        key,
        lookOfOracle(type.values, item, looks)
      ])
      return Object.assign(Object.create(null), Object.fromEntries(entries))
    }
    case "float":
      return looks.roundFloats && typeof value === "number" ? Math.fround(value) : value
    case "bytes":
    case "fixed":
      return value instanceof Uint8Array ? bytesLook(type, value) : value
    default:
      return value
  }
}

const unionLook = (branches: readonly AvroType[], value: unknown, looks: Looks): unknown => {
  if (value === null) return null
  const [name, inner] = Object.entries(Object(value))[0] ?? []
  const branch = branches.find((each) =>
    "name" in each ? oracleName(each.name) === name : each.kind === name
  )
  if (branch === undefined) throw new Error(`avsc named an unknown branch ${String(name)}`)
  return lookOfOracle(branch, inner, looks)
}

const bytesLook = (type: PrimitiveType | FixedType, value: Uint8Array): unknown => {
  const hex = Buffer.from(value).toString("hex")
  switch (type.logical?.name) {
    case "decimal":
      return decimalLook(hex, type.logical.scale)
    case "uuid":
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
        "-"
      )
    case "duration": {
      const [months, days, milliseconds] = new Uint32Array(Uint8Array.from(value).buffer)
      return { months, days, milliseconds }
    }
    default:
      return Uint8Array.from(value)
  }
}

const decimalLook = (hex: string, scale: number): string => {
  const unscaled = hex === "" ? 0n : BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0")
  const whole = digits.slice(0, digits.length - scale)
  return `${unscaled < 0n ? "-" : ""}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`
}

/** Deep equality of values as they look in JavaScript; an object's prototype says nothing. NaN equals itself, -0 not 0. */
export const equalValues = (a: unknown, b: unknown): boolean => {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return Object.is(a, b)
  const keys = Object.keys(a)
  if (Array.isArray(a) !== Array.isArray(b) || a instanceof Uint8Array !== b instanceof Uint8Array)
    return false
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && equalValues(Reflect.get(a, key), Reflect.get(b, key)))
}
