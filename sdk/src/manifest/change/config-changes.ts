import { escapePart } from "../json-pointer.ts"
import type { PluginManifest } from "../manifest.ts"
import { Acceptance } from "./json-schema-accepts.ts"
import {
  assertionsOf,
  followed,
  isSchema,
  type JsonSchema,
  propertiesOf,
  requiredOf
} from "./json-schema-part.ts"
import { change, type PackageChange, type PluginChange } from "./package-change.ts"
import { sameJson } from "./same-json.ts"
import { schemaStep } from "./schema-step.ts"

/**
 * How a plugin's config changed. Whoever gave a config that fitted must go on: what is accepted may grow, what is asked for may not.
 */
export const configChanges = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => {
  const comparison = new ConfigComparison(before.config, after.config)
  comparison.compare(before.config, after.config, "", 0)
  return [...comparison.changes, ...expressionChanges(before, after)]
}

const maxDepth = 32

class ConfigComparison {
  readonly changes: PluginChange[] = []
  readonly #before: unknown
  readonly #after: unknown
  readonly #seen = new Map<unknown, Set<unknown>>()

  constructor(before: unknown, after: unknown) {
    this.#before = before
    this.#after = after
  }

  compare(before: unknown, after: unknown, pointer: string, depth: number): void {
    const old = followed(before, this.#before)
    const fresh = followed(after, this.#after)
    this.#default(old, fresh, pointer)
    if (isWhole(old) && isWhole(fresh) && depth < maxDepth) {
      const seen = this.#seen.get(old) ?? new Set()
      if (seen.has(fresh)) return
      this.#seen.set(old, seen.add(fresh))
      return this.#objects(old, fresh, pointer, depth)
    }
    if (isList(old) && isList(fresh) && depth < maxDepth)
      return this.compare(old["items"], fresh["items"], `${pointer}/*`, depth + 1)
    this.#whole(old, fresh, pointer)
  }

  /** A part that is compared as one: it accepts more, less, or something else. */
  #whole(old: unknown, fresh: unknown, pointer: string): void {
    const takesOld = new Acceptance(this.#before, this.#after).accepts(old, fresh)
    if (!takesOld) {
      this.#add(pointer, "no longer takes all that it took", "major", "given")
      return
    }
    const takesNew = new Acceptance(this.#after, this.#before).accepts(fresh, old)
    if (!takesNew) this.#add(pointer, "takes more than before", "minor")
  }

  #objects(old: JsonSchema, fresh: JsonSchema, pointer: string, depth: number): void {
    const freshes = propertiesOf(fresh)
    const olds = propertiesOf(old)
    const isAsked = requiredOf(fresh)
    const wasAsked = requiredOf(old)
    for (const [name, schema] of olds) {
      const place = `${pointer}/${escapePart(name)}`
      if (!freshes.has(name)) this.#add(place, "is gone", "major", "given")
      else {
        if (isAsked.has(name) && !wasAsked.has(name)) this.#add(place, "must be given now", "major", "absent")
        if (!isAsked.has(name) && wasAsked.has(name)) this.#add(place, "may be left out now", "minor")
        this.compare(schema, freshes.get(name), place, depth + 1)
      }
    }
    for (const name of freshes.keys()) {
      if (olds.has(name)) continue
      const place = `${pointer}/${escapePart(name)}`
      if (isAsked.has(name)) this.#add(place, "is new, and must be given", "major", "absent")
      else this.#add(place, "is new, and may be left out", "minor")
    }
  }

  // What a pipeline does changes with a default, but nobody has to do anything.
  #default(old: unknown, fresh: unknown, pointer: string): void {
    const was = isSchema(old) ? old["default"] : undefined
    const is = isSchema(fresh) ? fresh["default"] : undefined
    if (!sameJson(was, is)) this.#add(pointer, `has the default ${shown(is)}, not ${shown(was)}`, "minor")
  }

  #add(pointer: string, text: string, bump: PluginChange["bump"], when?: "given" | "absent"): void {
    const concerns = when === undefined ? undefined : { pointer, when }
    const subject = pointer === "" ? "the config" : `config ${pointer.slice(1).replaceAll("/", ".")}`
    this.changes.push(change("config", `config${pointer}`, `${subject} ${text}`, bump, concerns))
  }
}

const shown = (value: unknown): string => (value === undefined ? "none" : JSON.stringify(value).slice(0, 60))

const objectKeywords: ReadonlySet<string> = new Set([
  "type",
  "properties",
  "required",
  "additionalProperties"
])

/** An object with named properties and nothing else: every other key is refused. */
const isWhole = (schema: unknown): schema is JsonSchema =>
  isSchema(schema) &&
  schema["type"] === "object" &&
  schema["additionalProperties"] === false &&
  Object.keys(assertionsOf(schema)).every((keyword) => objectKeywords.has(keyword))

const isList = (schema: unknown): schema is JsonSchema =>
  isSchema(schema) &&
  schema["type"] === "array" &&
  Object.keys(assertionsOf(schema)).every((keyword) => keyword === "type" || keyword === "items")

/** An expression is read against an input and must have a type: both are promises to whoever wrote one. */
const expressionChanges = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => {
  const now = new Map(after.expressions.map((each) => [each.pointer, each]))
  const was = new Map(before.expressions.map((each) => [each.pointer, each]))
  const place = (pointer: string) => pointer.slice(1).replaceAll("/", ".")
  const known = before.expressions.flatMap((old): readonly PluginChange[] => {
    const fresh = now.get(old.pointer)
    const given = { pointer: old.pointer, when: "given" } as const
    const path = `config${old.pointer}`
    if (fresh === undefined) {
      // Where the value itself is gone, that was said.
      if (!hasValue(after.config, old.pointer)) return []
      return [
        change("config", path, `config ${place(old.pointer)} is no expression any more`, "major", given)
      ]
    }
    if (sameJson(old, fresh)) return []
    if (old.input !== fresh.input)
      return [
        change(
          "config",
          path,
          `the expression ${place(old.pointer)} sees another input: ${fresh.input}`,
          "major",
          given
        )
      ]
    if (old.type === fresh.type) return sightChanges(old, fresh, given)
    const bump = fresh.type === "any" ? "minor" : "major"
    return [
      change(
        "config",
        path,
        `the expression ${place(old.pointer)} must be ${fresh.type}, not ${old.type}`,
        bump,
        given
      )
    ]
  })
  const fresh = after.expressions
    .filter(({ pointer }) => !was.has(pointer))
    .map(({ pointer }) => {
      const isNew = !hasValue(before.config, pointer)
      return change(
        "config",
        `config${pointer}`,
        `config ${place(pointer)} is an expression`,
        isNew ? "minor" : "major",
        { pointer, when: "given" }
      )
    })
  return [...known, ...fresh]
}

type Expression = PluginManifest["expressions"][number]

/** Words that may stand in the place of an expression, as COUNT's star, and the rows that it sees: more of both is harmless. */
const sightChanges = (
  old: Expression,
  fresh: Expression,
  given: PackageChange["concerns"]
): readonly PluginChange[] => {
  const path = `config${old.pointer}`
  const place = `config ${old.pointer.slice(1).replaceAll("/", ".")}`
  const gone = (old.words ?? []).filter((word) => !(fresh.words ?? []).includes(word))
  const came = (fresh.words ?? []).filter((word) => !(old.words ?? []).includes(word))
  return [
    ...gone.map((word) => change("config", path, `${place} no longer takes ${word}`, "major", given)),
    ...came.map((word) => change("config", path, `${place} takes ${word} too`, "minor")),
    ...(seesAll(old.row, fresh.row)
      ? []
      : [change("config", path, `${place} no longer sees all that it saw`, "major", given)])
  ]
}

/** Whether what was written on the old rows still stands on the new ones. */
const seesAll = (old: unknown, fresh: unknown): boolean =>
  sameJson(old, fresh) ||
  (old !== undefined && fresh !== undefined && schemaStep(old, fresh, "old reads new").step !== "broken")

/** Whether the schema had a property at this pointer before: its text was no expression then. */
const hasValue = (config: unknown, pointer: string): boolean => {
  let at: unknown = followed(config, config)
  for (const part of pointer.split("/").slice(1)) {
    if (!isSchema(at)) return false
    const next =
      part === "*"
        ? (at["items"] ?? at["additionalProperties"])
        : propertiesOf(at).get(part.replaceAll("~1", "/").replaceAll("~0", "~"))
    at = followed(next, config)
  }
  return at !== undefined
}
