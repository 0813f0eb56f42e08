import { join, relative } from "node:path"
import type { Example } from "../example.ts"
import { compareFlights } from "./compare.ts"
import { prepareFlights } from "./prepare.ts"
import { watchFlights } from "./watch.ts"

const folder = import.meta.dirname
const file = relative(process.cwd(), join(folder, "flights.pipeline.yaml"))

export const example: Example = {
  pipelines: ["flights"],
  folder,
  prepare: () => prepareFlights("20k", (line) => void process.stderr.write(`${line}\n`)),
  watch: watchFlights,
  compare: () => compareFlights("20k"),
  hint: `Try an edit: in ${file} write \`outOfOrderness: 3h\` for \`1h\`, in both places, then
  npx millrace plan ${file}
  npx millrace apply ${file}
and far fewer flights are late. Which were: npx millrace topic read us.late-flights`
}
