import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as References from "effect/References"
import type { DevEvent, Show } from "./event.ts"

/**
 * What the platform logs while a plugin is worked on, as events: a permission that was denied, and what goes wrong. The rest is for
 * operators, and left out.
 */
export const platformLogger = (show: Show): Logger.Logger<unknown, void> => {
  const told = new Map<string, number>()
  return Logger.make(({ date, fiber, logLevel, message }) => {
    if (LogLevel.isLessThan(logLevel, "Warn")) return
    const notes = fiber.getRef(References.CurrentLogAnnotations)
    const text = Array.isArray(message) ? message.map(String).join(" ") : String(message)
    const event = notes["audit"] === "permission-denied" ? denied(notes) : logged(text, logLevel, notes)
    // The same again and again is told every few seconds.
    const name = JSON.stringify(event)
    if (date.getTime() - (told.get(name) ?? 0) < againAfterMs) return
    if (told.size > maxTold) told.clear()
    told.set(name, date.getTime())
    show(event)
  })
}

const againAfterMs = 10_000
const maxTold = 1_000

type Notes = { readonly [name: string]: unknown }

const denied = (notes: Notes): DevEvent => ({
  event: "permission",
  handle: String(notes["handle"]),
  permission: `${String(notes["operation"])}: ${String(notes["why"])}`,
  outcome: "denied",
  remedy: `what ${String(notes["handle"])} may touch stands in the plugin's uses: widen it there, and dev asks for the grant`
})

const logged = (message: string, level: LogLevel.LogLevel, notes: Notes): DevEvent => {
  const { pipeline: _, ...fields } = notes
  return { event: "log", level: level === "Warn" ? "warn" : "error", message, fields }
}
