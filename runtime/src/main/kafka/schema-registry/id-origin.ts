import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"

/** Whose ids stand in the topics of named streams. */
type Origin = "own" | "outside"

const fileName = "schema-ids"

/**
 * Sees that a platform's streams keep the registry that their ids are of: read by another's, a record would be taken for something
 * else. `folder`: of the transport, with what it knows of the cluster. Fails where it is another than at the start before.
 */
export const checkIdOrigin = (folder: string, isOutside: boolean): Effect.Effect<void, CommandError> =>
  Effect.suspend(() => {
    const file = join(folder, fileName)
    const before = originIn(folder, file)
    const now: Origin = isOutside ? "outside" : "own"
    if (before !== undefined && before !== now)
      return Effect.fail(
        new CommandError({
          code: "KAFKA_REGISTRY_CHANGED",
          message:
            before === "own"
              ? "streams have been written with ids of the platform's own schema registry, and the config names another"
              : "streams have been written with ids of an outside schema registry, and the config names none",
          where: "kafka.schemaRegistry, in the config",
          remedy: `set it back; a platform without a stream yet may forget it: remove ${file}`,
          exit: exitCode.badInput
        })
      )
    if (before === undefined || !existsSync(file)) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, `${now}\n`)
    }
    return Effect.void
  })

/** Undefined where nothing ran yet. Before there was a choice it was the platform's own. */
const originIn = (folder: string, file: string): Origin | undefined => {
  if (existsSync(file)) return readFileSync(file, "utf8").trim() === "outside" ? "outside" : "own"
  return existsSync(join(folder, "local")) ? "own" : undefined
}
