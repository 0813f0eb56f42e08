import type { AnyBody, ProcessorDefinition } from "../../plugin/definition.ts"
import type { GuestBody, GuestHost, GuestProcessor } from "../abi.ts"
import { isRunning } from "./call-body.ts"
import { migratedField, migrationInput } from "../../manifest/migration-input.ts"
import { drive, isGenerator } from "./drive.ts"
import { recordViewer, type ViewRecord } from "./record-view.ts"

/** A processor ready for records. */
export const openProcessor = (
  definition: ProcessorDefinition,
  config: unknown,
  host: GuestHost
): GuestProcessor => {
  const view = recordViewer(config, definition.uses, host)
  const bodies = Object.entries(definition.bodies).map(([input, body]): [string, GuestBody] => [
    input,
    { form: definition.form, suspends: isGenerator(body), call: caller(body, view) }
  ])
  const { onDelete, onTimer } = definition
  const processor: GuestProcessor = {
    kind: "processor",
    bodies: Object.fromEntries([...bodies, ...migrationBodies(definition)]),
    ...(onDelete === undefined ? {} : { onDelete: deleter(onDelete, view) })
  }
  if (onTimer === undefined) return processor
  return { ...processor, onTimer: caller(onTimer, view), onTimerSuspends: isGenerator(onTimer) }
}

/** A map from records of an old value to records of a new one, for each migration: what runs them is asked for by the input's name. */
const migrationBodies = ({ uses }: ProcessorDefinition): readonly (readonly [string, GuestBody])[] =>
  Object.entries(uses).flatMap(([state, { need }]) =>
    need.need === "state"
      ? need.migrate.map(({ to }, index) => {
          const call = (old: unknown) => ({ [migratedField]: plainResult(to(fieldOf(old, migratedField))) })
          return [migrationInput(state, index), { form: "map", suspends: false, call }] as const
        })
      : []
  )

const fieldOf = (record: unknown, field: string): unknown =>
  typeof record === "object" && record !== null ? Reflect.get(record, field) : undefined

const caller = (body: AnyBody, view: ViewRecord): GuestBody["call"] =>
  isGenerator(body)
    ? (value, record) => driveRunning(body(value, view(record)))
    : (value, record) => plainResult(body(value, view(record)))

const deleter =
  (body: AnyBody, view: ViewRecord): NonNullable<GuestProcessor["onDelete"]> =>
  (input, record) =>
    plainResult(body(input, view(record)))

const driveRunning = (generator: unknown) => {
  if (!isRunning(generator)) throw new Error("a generator body answered no generator")
  return drive(generator)
}

/** What a plain body answers; a generator, or a promise, would be dropped in silence by whoever writes the record. */
const plainResult = (result: unknown): unknown => {
  if (typeof result !== "object" || result === null || Array.isArray(result)) return result
  if (isRunning(result) || result instanceof Promise) {
    throw new Error(
      "a plain body answers at once: write one that waits as a generator, *process(…) { yield* … }"
    )
  }
  return result
}
