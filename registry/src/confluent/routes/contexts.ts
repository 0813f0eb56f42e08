import * as Effect from "effect/Effect"
import { AuditLog } from "../../audit/audit-log.ts"
import { inTransaction } from "../../store/database.ts"
import { dropSettings } from "../../subject/settings.ts"
import { contextsWithSubjects } from "../../subject/subject-list.ts"
import { defaultContext, placeOf } from "../../subject/subject-place.ts"
import { refusals } from "../reply/confluent-error.ts"
import { pieceOf } from "../request/query.ts"
import type { Route } from "../route.ts"

const list: Route = {
  method: "GET",
  path: "/contexts",
  access: "read",
  handle: Effect.fnUntraced(function* ({ query }) {
    const prefix = query.text("contextPrefix") ?? ""
    const named = (yield* contextsWithSubjects).filter((context) => context !== defaultContext)
    const contexts = [".", ...named].filter((context) => context.startsWith(prefix))
    return { json: pieceOf(contexts, yield* query.piece()) }
  })
}

/** `:.context:` or `.context`. */
const contextOf = (given: string): string => placeOf(given.startsWith(":") ? given : `:${given}:`).context

const remove: Route = {
  method: "DELETE",
  path: "/contexts/:context",
  access: "schemas",
  handle: ({ caller, param }) =>
    inTransaction(
      Effect.gen(function* () {
        const context = contextOf(param("context"))
        const target = `:${context === defaultContext ? "." : context}:`
        if ((yield* contextsWithSubjects).includes(context)) return yield* refusals.contextNotEmpty(target)
        yield* dropSettings({ context, subject: "" })
        yield* (yield* AuditLog).append({ actor: caller.name, action: "context.delete", target })
        return "nothing" as const
      })
    )
}

/** Contexts: they are there while they have subjects. */
export const contextRoutes: readonly Route[] = [list, remove]
