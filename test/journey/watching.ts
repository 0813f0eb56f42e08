import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Shell } from "./shell.ts"

/** `npm run dev` in a project made of the template `processor`. */
export interface Watching {
  /** The first record's `size`, once one came out. */
  readonly first: string
  /** Saves an edit whose output is told apart by a word; answers how long it took until that came out. */
  readonly edit: (word: string) => Promise<number>
  readonly stop: () => Promise<void>
}

export const watch = async (shell: Shell, project: string): Promise<Watching> => {
  const flags = ["--", "--json", "--rate", "50"]
  const dev = shell.start(project, "npm", ["run", "--silent", "dev", ...flags])
  const source = join(project, "src/index.ts")
  const text = readFileSync(source, "utf8")
  const first = await dev.line(sizeOf)
  return {
    first,
    edit: async (word) => {
      const started = performance.now()
      writeFileSync(
        source,
        text.replace(/"small" : "large"/, `"${word}" : "${word}"`).replace(/"small", "large"/, `"${word}"`)
      )
      await dev.line((line) => (sizeOf(line) === word ? word : undefined))
      return performance.now() - started
    },
    stop: async () => {
      await dev.stop()
      writeFileSync(source, text)
    }
  }
}

const sizeOf = (line: string): string | undefined => {
  try {
    const { after, event }: { event?: string; after?: { size?: string } } = JSON.parse(line)
    return event === "record" ? after?.size : undefined
  } catch {
    return undefined
  }
}
