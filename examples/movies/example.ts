import { join, relative } from "node:path"
import type { Example } from "../example.ts"
import { compareMovies } from "./compare.ts"
import { prepareMovies } from "./prepare.ts"

const folder = import.meta.dirname
const file = relative(process.cwd(), join(folder, "movies.pipeline.yaml"))

export const example: Example = {
  pipelines: ["movies", "directors"],
  folder,
  prepare: prepareMovies,
  compare: compareMovies,
  hint: `Try an edit: in ${file} write \`imdbRating >= 8\` for \`imdbRating >= 7\`, then
  npx millrace plan ${file}
  npx millrace apply ${file}
and look at the output again.`
}
