import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import type { Json } from "@millrace/sdk/avro"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"

/** A record of a file, with where it stands. */
export interface FileRecord {
  readonly line: number
  readonly value: Json
}

const maxFileBytes = 256 * 1024 * 1024

/** The records of a file: an array of JSON objects, or one object a line (ndjson). Fails at the first line that is none. */
export const readRecordFile = Effect.fn("readRecordFile")(function* (file: string) {
  const text = yield* Effect.try({ try: () => readFileSync(file, "utf8"), catch: (error) => error }).pipe(
    Effect.mapError((error) =>
      refused(file, error instanceof Error ? error.message : "it cannot be read", "name a file that is there")
    )
  )
  if (text.length > maxFileBytes)
    return yield* refused(file, "it is larger than 256 MiB", "give a part of it, or a files source")
  const trimmed = text.trimStart()
  return trimmed.startsWith("[") ? yield* arrayOf(file, text) : yield* linesOf(file, text)
})

const arrayOf = (file: string, text: string) =>
  Effect.gen(function* () {
    const parsed = parse(text)
    if ("problem" in parsed) return yield* refused(file, parsed.problem, remedy)
    const list: readonly FileRecord[] = Array.isArray(parsed.value)
      ? parsed.value.map((value: Json, index: number) => ({ line: index + 1, value }))
      : []
    return list
  })

const linesOf = (file: string, text: string) =>
  Effect.gen(function* () {
    const records: FileRecord[] = []
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim() === "") continue
      const parsed = parse(line)
      if ("problem" in parsed) return yield* refused(`${file}:${index + 1}`, parsed.problem, remedy)
      records.push({ line: index + 1, value: parsed.value })
    }
    return records
  })

const remedy = "write one JSON object a line, or one array of objects"

const parse = (text: string): { readonly value: Json } | { readonly problem: string } => {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "it is not JSON" }
  }
}

const refused = (where: string, message: string, how: string) =>
  new CommandError({ code: "RECORDS_UNREADABLE", message, where, remedy: how, exit: exitCode.badInput })
