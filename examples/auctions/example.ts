import { join, relative } from "node:path"
import type { Example } from "../example.ts"
import { compareAuctions } from "./compare.ts"
import { watchAuctions } from "./watch.ts"

const folder = import.meta.dirname
const queries = ["q4", "q5", "q7"] as const
const file = (name: string): string => relative(process.cwd(), join(folder, `${name}.pipeline.yaml`))

export const example: Example = {
  pipelines: ["auctions", ...queries],
  folder,
  // The events are made as they are read.
  prepare: () => undefined,
  watch: watchAuctions,
  compare: () => compareAuctions(queries),
  hint: `Another query over the same streams, which keep what they hold:
  npx millrace apply ${file("q9")} --grant
Or windows of a second:
  npx millrace apply ${file("q7")} --var size=1s`
}
