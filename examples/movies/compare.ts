import { join } from "node:path"
import { compareFolders, type Comparison } from "../compare-lines.ts"

const outputs = ["films", "directors", "prolific"]

/** Compares what the example's pipelines wrote with what DuckDB derived. `folder`: of the outputs. */
export const compareMovies = (folder: string = join(import.meta.dirname, "out")): readonly Comparison[] =>
  compareFolders(outputs, folder, join(import.meta.dirname, "expected"))
