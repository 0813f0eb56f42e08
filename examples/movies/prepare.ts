import { copyFileSync, mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** Puts the example's data in its place: the films of vega-datasets. Done again, nothing changes. */
export const prepareMovies = (): void => {
  const data = join(import.meta.dirname, "data")
  mkdirSync(data, { recursive: true })
  const entry = fileURLToPath(import.meta.resolve("vega-datasets"))
  copyFileSync(join(dirname(entry), "../data/movies.json"), join(data, "movies.json"))
}

if (import.meta.main) prepareMovies()
