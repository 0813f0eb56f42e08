import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expandPointer, valueAt } from "../../manifest/json-pointer.ts"
import { ExpressionSource } from "../../plugin/expression-config.ts"
import { configExpressions } from "../manifest/config-schema.ts"
import { decodableSchema } from "./schema-boundary.ts"

/** Answers what stands for the expression at a pointer: the platform's function, or what `derive` may know of it. */
export type ExpressionAt = (pointer: string) => unknown

/** A config's decoded side. Throws an Error that names every mistake and its place. */
export const decodeConfig = (schema: Schema.Top | undefined, config: unknown, at: ExpressionAt): unknown => {
  if (schema === undefined) return {}
  const pointers = configExpressions(schema).flatMap(({ pointer, words = [] }) =>
    expandPointer(config, pointer).filter((place) => !words.some((word) => word === valueAt(config, place)))
  )
  const pointed = pointers.reduce(withPointer, structuredCopy(config))
  const decoded = Schema.decodeUnknownEffect(decodableSchema(schema))(pointed, {
    onExcessProperty: "error",
    errors: "all"
  })
  return Effect.runSync(Effect.provideService(decoded, ExpressionSource, at))
}

/** The text of an expression gives way to its pointer, by which its schema finds the function. */
const withPointer = (config: unknown, pointer: string): unknown => {
  const cut = pointer.lastIndexOf("/")
  const parent = valueAt(config, pointer.slice(0, cut))
  if (typeof parent === "object" && parent !== null && typeof valueAt(config, pointer) === "string") {
    const key = pointer
      .slice(cut + 1)
      .replaceAll("~1", "/")
      .replaceAll("~0", "~")
    Object.defineProperty(parent, key, {
      value: pointer,
      enumerable: true,
      writable: true,
      configurable: true
    })
  }
  return config
}

const structuredCopy = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
