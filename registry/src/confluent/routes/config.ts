import { CompatibilityMode } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { inTransaction } from "../../store/database.ts"
import {
  changeSettings,
  defaultSettings,
  type Settings,
  settingsAt,
  settingsFor
} from "../../subject/settings.ts"
import { globalContext, type SubjectPlace } from "../../subject/subject-place.ts"
import { refusals } from "../reply/confluent-error.ts"
import { refuseReadOnly } from "../deletion.ts"
import type { ConfluentRequest, Route } from "../route.ts"
import { decodeBody } from "../request/schema-body.ts"

/** What holds for a whole registry, and so is always there: the default context's settings, and those behind all contexts. */
export const isTopLevel = ({ context, subject }: SubjectPlace): boolean =>
  subject === "" && (context === "" || context === globalContext)

type Config = Pick<Settings, "compatibility" | "normalize">

const isSet = ({ compatibility, normalize }: Config): boolean => compatibility !== null || normalize !== null

const shown = ({ compatibility, normalize }: Config) => ({
  compatibilityLevel: compatibility ?? defaultSettings.compatibility,
  ...(normalize === null ? {} : { normalize })
})

const get = Effect.fnUntraced(function* ({ place, query }: ConfluentRequest) {
  const own = yield* settingsAt(place)
  if (!query.flag("defaultToGlobal")) {
    if (!isSet(own) && !isTopLevel(place)) return yield* refusals.noCompatibility(place)
    return { json: shown(own) }
  }
  const { compatibility, normalize } = yield* settingsFor(place)
  return { json: shown({ compatibility, normalize: normalize ? true : own.normalize }) }
})

const ConfigBody = Schema.Record(Schema.String, Schema.Unknown)
const isMode = Schema.is(CompatibilityMode)

const modeOf = (given: unknown) => {
  if (given === null) return Effect.succeed(null)
  const mode = typeof given === "string" ? given.toUpperCase() : given
  return isMode(mode) ? Effect.succeed(mode) : Effect.fail(refusals.invalidCompatibility())
}

/** What a request sets; null unsets. A setting that nothing here would heed is refused. */
const changeOf = Effect.fnUntraced(function* (body: unknown) {
  const given = yield* decodeBody(ConfigBody, body)
  const set: { compatibility?: Config["compatibility"]; normalize?: Config["normalize"] } = {}
  for (const [name, value] of Object.entries(given)) {
    if (name === "compatibility" || name === "compatibilityLevel") set.compatibility = yield* modeOf(value)
    else if (name === "normalize" && (typeof value === "boolean" || value === null)) set.normalize = value
    else if (value !== null) return yield* refusals.unsupportedConfig(name.slice(0, 80))
  }
  return set
})

const put = Effect.fnUntraced(function* ({ body, caller, place }: ConfluentRequest) {
  const set = yield* changeOf(body)
  const change = { place, set, actor: caller.name, action: "subject.compatibility" as const }
  const after = yield* inTransaction(Effect.andThen(refuseReadOnly(place), changeSettings(change)))
  return {
    json: {
      ...(after.compatibility === null ? {} : { compatibility: after.compatibility }),
      ...(after.normalize === null ? {} : { normalize: after.normalize })
    }
  }
})

const nothing: Config = { compatibility: null, normalize: null }

const remove = ({ caller, place }: ConfluentRequest) =>
  inTransaction(
    Effect.gen(function* () {
      const before = yield* settingsAt(place)
      if (!isSet(before) && !isTopLevel(place)) return yield* refusals.subjectNotFound(place)
      yield* refuseReadOnly(place)
      yield* changeSettings({ place, set: nothing, actor: caller.name, action: "subject.compatibility" })
      return { json: shown(before) }
    })
  )

/** Compatibility as it is set: globally, for a context, for a subject. */
export const configRoutes: readonly Route[] = ["/config", "/config/:subject"].flatMap(
  (path): readonly Route[] => [
    { method: "GET", path, access: "read", handle: get },
    { method: "PUT", path, access: "schemas", hasBody: true, handle: put },
    { method: "DELETE", path, access: "schemas", handle: remove }
  ]
)
