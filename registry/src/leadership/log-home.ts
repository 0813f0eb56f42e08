import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Database, type DatabaseShape, decodedRow, execute } from "../store/database.ts"

const HomeRow = Schema.Struct({ id: Schema.String })

/**
 * Names the log that the pipelines of this database go on in, the first time; answers from then on whether it is the same. Pipelines
 * that were started on another log would begin anew, and do again what was done.
 */
export const claimLog = (database: DatabaseShape, id: string) =>
  database.transaction(
    Effect.gen(function* () {
      const known = yield* decodedRow(HomeRow, "SELECT id FROM log_home")
      if (known !== undefined) return known.id === id
      yield* execute("INSERT INTO log_home (only_row, id) VALUES (1, ?)", [id])
      return true
    }).pipe(Effect.provideService(Database, database))
  )
