import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { inTransaction } from "../../store/database.ts"
import { hasVersions } from "../find.ts"
import {
  changeSettings,
  defaultSettings,
  settingsAt,
  settingsFor,
  subjectsWithMode,
  WriteMode
} from "../../subject/settings.ts"
import { subjectsWithin } from "../../subject/subject-list.ts"
import { globalContext, type SubjectPlace } from "../../subject/subject-place.ts"
import { refusals } from "../reply/confluent-error.ts"
import { purge } from "../deletion.ts"
import type { ConfluentRequest, Route } from "../route.ts"
import { decodeBody } from "../request/schema-body.ts"
import { isTopLevel } from "./config.ts"

const get = Effect.fnUntraced(function* ({ place, query }: ConfluentRequest) {
  if (query.flag("defaultToGlobal")) return { json: { mode: (yield* settingsFor(place)).mode } }
  const { mode } = yield* settingsAt(place)
  if (mode === null && !isTopLevel(place)) return yield* refusals.noMode(place)
  return { json: { mode: mode ?? defaultSettings.mode } }
})

const ModeBody = Schema.Struct({ mode: Schema.optionalKey(Schema.NullOr(Schema.String)) })
const isWriteMode = Schema.is(WriteMode)

/** The subjects that a setting counts for: one, or all of a context, or all. */
const subjectsUnder = (place: SubjectPlace) =>
  place.subject === ""
    ? subjectsWithin(
        { context: place.context === globalContext ? undefined : place.context, prefix: "" },
        "all"
      )
    : Effect.succeed([place])

/** Ids of another registry may come only where none were given here: what is deleted goes for good. */
const makeRoom = Effect.fnUntraced(function* (place: SubjectPlace, actor: string) {
  const subjects = yield* subjectsUnder(place)
  for (const subject of subjects)
    if (yield* hasVersions(subject, false))
      return yield* refusals.notPermitted(
        "Cannot import since found existing subjects. Set force=true to import beside them."
      )
  for (const subject of subjects) yield* purge(subject, actor)
})

const put = Effect.fnUntraced(function* ({ body, caller, place, query }: ConfluentRequest) {
  const given = (yield* decodeBody(ModeBody, body)).mode?.toUpperCase()
  if (!isWriteMode(given)) return yield* refusals.invalidMode()
  yield* inTransaction(
    Effect.gen(function* () {
      const { mode: before } = yield* settingsFor(place)
      if (given === "IMPORT" && before !== "IMPORT" && !query.flag("force"))
        yield* makeRoom(place, caller.name)
      yield* changeSettings({ place, set: { mode: given }, actor: caller.name, action: "subject.mode" })
    })
  )
  return { json: { mode: given } }
})

const remove = ({ caller, place, query }: ConfluentRequest) =>
  inTransaction(
    Effect.gen(function* () {
      const { mode } = yield* settingsAt(place)
      const recursive = query.flag("recursive") && place.subject === ""
      if (mode === null && !recursive && !isTopLevel(place)) return yield* refusals.subjectNotFound(place)
      const inner = recursive ? yield* subjectsWithMode(place.context) : []
      for (const each of [place, ...inner])
        yield* changeSettings({
          place: each,
          set: { mode: null },
          actor: caller.name,
          action: "subject.mode"
        })
      return { json: { mode: mode ?? defaultSettings.mode } }
    })
  )

/** What may be written: globally, in a context, under a subject. */
export const modeRoutes: readonly Route[] = ["/mode", "/mode/:subject"].flatMap((path): readonly Route[] => [
  { method: "GET", path, access: "read", handle: get },
  { method: "PUT", path, access: "schemas", hasBody: true, handle: put },
  { method: "DELETE", path, access: "schemas", handle: remove }
])
