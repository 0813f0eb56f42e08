import type { GuestLog } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { LogBuffer } from "./log-buffer.ts"

const Json = Schema.fromJsonString(Schema.Unknown)

/** Keeps a line that a plugin logged. Its fields are JSON text from the guest: text that is not is kept as it is. */
export const keepGuestLog = (
  logs: typeof LogBuffer.Service,
  pipeline: string,
  log: GuestLog
): Effect.Effect<void> =>
  Effect.map(Clock.currentTimeMillis, (time) =>
    logs.append({
      time,
      level: log.level,
      pipeline,
      node: log.node,
      message: log.message,
      fields: Option.getOrElse(Schema.decodeUnknownOption(Json)(log.fields), () => log.fields)
    })
  )
