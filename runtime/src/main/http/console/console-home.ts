import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** Where the console's files are. */
export interface ConsoleHome {
  /** The built files. */
  readonly dist: string
  /** What they are built from; undefined in the published program, which brings them built. */
  readonly source: string | undefined
}

/** Finds the console of this program: beside the published bundle, or in the checkout. */
export const consoleHome = (): ConsoleHome => {
  const home = dirname(fileURLToPath(import.meta.resolve("millrace/package.json")))
  const source = join(home, "console")
  return existsSync(join(source, "vite.config.ts"))
    ? { dist: join(source, "dist"), source }
    : { dist: join(home, "dist", "console"), source: undefined }
}
