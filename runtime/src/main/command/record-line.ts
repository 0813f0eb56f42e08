import type * as Effect from "effect/Effect"
import type { RecordView } from "@millrace/sdk/api"
import { printLines } from "../terminal/print.ts"
import { paint, printable } from "../terminal/style.ts"

/** A record for people: its place, key and value on a line. */
export const printRecord = (record: RecordView): Effect.Effect<void> =>
  printLines([
    `${paint("dim", `${printable(record.topic)} ${record.partition}@${record.offset}`)}  ${paint("cyan", printable(record.key ?? "(null)"))}  ${
      record.control === undefined
        ? printable(JSON.stringify(record.value))
        : paint("yellow", `(${record.control})`)
    }`
  ])
