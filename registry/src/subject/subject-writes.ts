import type { CompatibilityMode } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { inTransaction } from "../store/database.ts"
import { compareWithSubject, reportOf } from "./schema/compatibility.ts"
import { registerSchema } from "./register.ts"
import { digestOfText, draftSchema } from "./schema/schema-draft.ts"
import { latestOf } from "./schema/schema-rows.ts"
import { changeSettings } from "./settings.ts"
import { defaultContext } from "./subject-place.ts"
import { knownSubject, shownVersion } from "./subject-rows.ts"

/** A schema to be registered under a subject of the default context. */
export interface NewSchema {
  readonly subject: string
  /** Avro, as JSON or as its text. */
  readonly schema: unknown
  /** Fields of the record key; what the subject has already, or none, unless told. */
  readonly key?: readonly string[]
  readonly actor: string
}

const inDefault = (subject: string) => ({ context: defaultContext, subject })

/** What `register` would say of a schema. */
export const check = Effect.fnUntraced(function* (subject: string, schema: unknown) {
  const { type } = yield* draftSchema(inDefault(subject), { schema })
  const { clashes, mode } = yield* compareWithSubject(inDefault(subject), type)
  return reportOf(mode, clashes)
})

/** Registers a schema under its subject. A subject that is new has no key unless one is told. */
export const register = Effect.fnUntraced(function* ({ actor, key, schema, subject }: NewSchema) {
  const place = inDefault(subject)
  const isNew = key === undefined && (yield* latestOf(place, "all")) === undefined
  const said = isNew ? [] : key
  const registered = yield* registerSchema({
    place,
    given: { schema },
    ...(said === undefined ? {} : { key: said }),
    actor
  })
  return yield* shownVersion(registered)
})

/** Context of schemas that no subject has for others. */
const ownContext = ".millrace"

/** Keeps a schema that the platform itself writes with, and answers its id. */
export const keep = Effect.fnUntraced(function* (text: string) {
  const place = { context: ownContext, subject: digestOfText(text) }
  const { id } = yield* registerSchema({ place, given: { schema: text }, key: [], actor: "millrace" })
  return id
})

interface NewMode {
  readonly subject: string
  readonly mode: CompatibilityMode
  readonly actor: string
}

export const setCompatibility = ({ actor, mode, subject }: NewMode) =>
  inTransaction(
    Effect.gen(function* () {
      yield* knownSubject(subject)
      yield* changeSettings({
        place: inDefault(subject),
        set: { compatibility: mode },
        actor,
        action: "subject.compatibility"
      })
      return yield* knownSubject(subject)
    })
  )
