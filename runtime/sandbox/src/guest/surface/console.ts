import type { MessageBudget } from "../realm/message-budget.ts"
import { readError } from "../realm/plain-text.ts"
import { isObject, ObjectKeys } from "../realm/primordials.ts"
import { offer } from "./timers.ts"

const maxDepth = 3
const maxItems = 50

/** `console` writes to the node's log. */
export function installConsole(messages: MessageBudget): void {
  const writer =
    (level: string) =>
    (...given: readonly unknown[]): void => {
      let text = ""
      for (let i = 0; i < given.length && i < maxItems; i++) text += (i === 0 ? "" : " ") + show(given[i], 0)
      messages.log(level, text, "{}")
    }
  offer("console", {
    debug: writer("debug"),
    trace: writer("debug"),
    log: writer("info"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    dir: writer("info"),
    assert: (condition: unknown, ...given: readonly unknown[]) => {
      if (condition !== true) writer("error")("assertion failed:", ...given)
    }
  })
}

function show(value: unknown, depth: number): string {
  if (typeof value === "string") return depth === 0 ? value : "'" + value + "'"
  if (value instanceof Error) return readError(value).message
  if (typeof value === "function") return "[function]"
  if (typeof value === "symbol") return "[symbol]"
  if (typeof value === "bigint") return value.toString() + "n"
  if (!isObject(value)) return "" + String(value)
  if (depth >= maxDepth) return "…"
  return showObject(value, depth)
}

function showObject(value: { readonly [name: string]: unknown }, depth: number): string {
  try {
    const isList = Array.isArray(value)
    const keys = ObjectKeys(value)
    let text = ""
    for (let i = 0; i < keys.length && i < maxItems; i++) {
      text += (i === 0 ? " " : ", ") + (isList ? "" : keys[i] + ": ") + show(value[keys[i]], depth + 1)
    }
    if (keys.length > maxItems) text += ", …"
    return isList ? "[" + text + " ]" : "{" + text + " }"
  } catch (error) {
    return "[" + readError(error).message + "]"
  }
}
