import { paint, printable } from "../../terminal/style.ts"
import type { DevEvent, Problem, Rates } from "./event.ts"
import type { FieldChange } from "./field-difference.ts"

/** What is written for an event: lines for good, or the one line that is written over (on a terminal). */
export interface Written {
  readonly lines: readonly string[]
  readonly status?: string
}

/** Events as a person reads them, line by line. */
export const textOf = (event: DevEvent): Written => {
  switch (event.event) {
    case "up":
      return lines(
        `${paint("bold", "millrace dev")}  ${printable(event.entry)}`,
        dim(`  status on ${event.url}, data in ${event.data}`)
      )
    case "loaded":
      return lines(loadedText(event))
    case "unchanged":
      return lines(dim("saved; nothing changed in the bundle"))
    case "problem":
      return lines(
        ...problemText(event, "red"),
        ...(event.keepsRunning ? [dim("  the version before goes on")] : [])
      )
    case "record":
      return lines(...recordText(event))
    case "filtered":
      return lines(`${paint("dim", "⊘ filtered")} ${dim(json(event.record))}`)
    case "written":
      return lines(`${paint("green", "→ written")} ${json(event.record)}`)
    case "rates":
      return { lines: [], status: ratesText(event) }
    case "log":
      return lines(
        `${paint(levelColours[event.level], event.level.padEnd(5))} ${printable(event.message)}${fieldsText(event.fields)}`
      )
    case "dead-letter":
      return lines(
        ...problemText({ ...event, message: `${deadHead(event)}${event.message}` }, "yellow"),
        ...deadRecord(event)
      )
    case "permission":
      return lines(...permissionText(event))
    case "fed":
      return lines(dim(`  ${printable(event.input)}: ${printable(event.what)}`))
    case "unread":
      return lines(...unreadText(event))
    case "keys":
      return lines(dim("  keys: r feed again, c clear state, s status page, q quit"))
    case "cleared":
      return lines(dim("state cleared"))
    case "stopping":
      return lines(dim("stopping after the batch in hand"))
  }
}

const levelColours = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const

const lines = (...all: readonly string[]): Written => ({ lines: all })
const dim = (text: string): string => paint("dim", text)
const json = (value: unknown): string => cut(printable(JSON.stringify(value) ?? "undefined"), 300)
const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text

const loadedText = (event: Extract<DevEvent, { readonly event: "loaded" }>): string => {
  const { bundle, inspect, plan, swap } = event.took
  const total = event.afterSaveMs ?? bundle + inspect + plan + swap
  const parts = dim(`(bundle ${bundle}, check ${inspect}, plan ${plan}, swap ${swap} ms)`)
  return `${paint("green", "✓")} ${printable(event.plugin)} ${event.kind}, revision ${event.revision}, in ${total} ms ${parts}`
}

const problemText = (problem: Problem, colour: "red" | "yellow"): readonly string[] => [
  `${paint(colour, `✗ ${problem.code}`)}: ${printable(problem.message)}`,
  ...(problem.file === undefined ? [] : [`  ${paint("cyan", printable(placeText(problem)))}`]),
  ...problem.frame.map((line) => `  ${line.startsWith(">") ? printable(line) : dim(printable(line))}`),
  `  ${dim("remedy:")} ${printable(problem.remedy)}`
]

const placeText = ({ column, file = "", line }: Problem): string =>
  line === undefined ? file : `${file}:${line}:${column ?? 1}`

const deadHead = ({ count, tag }: Extract<DevEvent, { readonly event: "dead-letter" }>): string =>
  `${count > 1 ? `${count} dead letters: ` : "dead letter: "}${tag === undefined ? "" : `${tag}: `}`

const deadRecord = ({ record }: Extract<DevEvent, { readonly event: "dead-letter" }>): readonly string[] =>
  record === undefined ? [] : [`  ${dim("record:")} ${json(record)}`]

const recordText = (event: Extract<DevEvent, { readonly event: "record" }>): readonly string[] => {
  const { after, afterSaveMs, before, changes, output } = event
  const took = afterSaveMs === undefined ? "" : ` ${dim(`${afterSaveMs} ms after the save`)}`
  const name = output === "output" ? "" : `${printable(output)} `
  if (before === undefined) return [`${paint("green", "→")} ${name}${json(after)}${took}`]
  if (changes.length === 0) return [`${paint("green", "=")} ${name}${dim(json(after))}${took}`]
  const kept = unchangedText(after, changes)
  return [`${paint("green", "→")} ${name}${kept}${took}`, ...changes.map(changeText)]
}

/** The fields that stay, to know the record by. */
const unchangedText = (after: unknown, changes: readonly FieldChange[]): string => {
  if (typeof after !== "object" || after === null) return ""
  const changed = new Set(changes.map(({ path }) => path.split(/[.[]/)[0]))
  const kept = Object.entries(after).filter(([name]) => !changed.has(name))
  return dim(cut(kept.map(([name, value]) => `${printable(name)} ${json(value)}`).join("  "), 200))
}

const changeText = ({ after, before, change, path }: FieldChange): string => {
  const name = printable(path === "" ? "(record)" : path)
  if (change === "added") return `  ${paint("green", `+ ${name} ${json(after)}`)}`
  if (change === "removed") return `  ${paint("red", `- ${name}`)} ${dim(json(before))}`
  return `  ${paint("yellow", `~ ${name}`)} ${json(before)} → ${json(after)}`
}

const ratesText = ({ dead, filtered, in: taken, out, totals }: Rates & { readonly totals: Rates }): string =>
  `in ${taken}/s  out ${out}/s  filtered ${filtered}/s  dead ${dead}/s  (${totals.in} in, ${totals.dead} dead)`

const fieldsText = (fields: unknown): string => {
  const text = JSON.stringify(fields) ?? "{}"
  return text === "{}" ? "" : `  ${dim(cut(printable(text), 300))}`
}

const unreadText = (event: Extract<DevEvent, { readonly event: "unread" }>): readonly string[] => [
  `${paint("yellow", `! ${event.count} ${event.count === 1 ? "record" : "records"} for ${printable(event.input)} left unread`)}: ${event.why}`,
  `  ${dim("remedy:")} ${event.remedy}`
]

const permissionText = (event: Extract<DevEvent, { readonly event: "permission" }>): readonly string[] => {
  const where = event.file === undefined ? "" : ` at ${event.file}:${event.line ?? 1}`
  const colour = event.outcome === "granted" ? "green" : "yellow"
  return [
    `${paint(colour, event.outcome)}: ${printable(event.permission)} ${dim(`(${printable(event.handle)}${printable(where)})`)}`,
    ...(event.outcome === "granted" ? [] : [`  ${dim("remedy:")} ${printable(event.remedy)}`])
  ]
}
