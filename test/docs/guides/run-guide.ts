import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Block } from "../markdown.ts"
import type { Ended, GuideShell } from "./guide-shell.ts"

/** What is to be done with a block: by its language, and by the comment before it. */
export type Deed =
  | { readonly deed: "run"; readonly exit: number }
  | { readonly deed: "stay"; readonly until: string }
  | { readonly deed: "write"; readonly path: string }
  | { readonly deed: "compare" }
  | { readonly deed: "type-check" }
  | { readonly deed: "parse" }
  | { readonly deed: "skip"; readonly reason: string }
  | { readonly deed: "unmarked" }

const byLanguage: { readonly [language: string]: Deed } = {
  sh: { deed: "run", exit: 0 },
  ts: { deed: "type-check" },
  yaml: { deed: "parse" },
  json: { deed: "parse" }
}

/**
 * `<!-- docs: WORD … -->` before a block: `file PATH` it is written there · `output` the command before printed it ·
 * `exit N` the command ends so · `stays until TEXT` it goes on in the background · `skip REASON` nothing is done.
 */
export const deedOf = ({ language, mark }: Block): Deed => {
  const [word = "", rest = ""] = /^(\S+) ?(.*)$/.exec(mark)?.slice(1) ?? []
  if (word === "skip" && rest.length >= 12) return { deed: "skip", reason: rest }
  if (word === "file" && rest !== "") return { deed: "write", path: rest }
  if (word === "output") return { deed: "compare" }
  if (word === "exit") return { deed: "run", exit: Number(rest) }
  if (word === "stays") return { deed: "stay", until: rest.replace(/^until /, "") }
  return mark === "" ? (byLanguage[language] ?? { deed: "unmarked" }) : { deed: "unmarked" }
}

const place = ({ file, line }: Block): string => `${file}:${line}`

/** Does what a guide's blocks say, in order, in a folder. `cd` holds for the blocks after it. */
export const runGuide = async (
  shell: GuideShell,
  folder: string,
  blocks: readonly Block[]
): Promise<void> => {
  let at = folder
  let last: Ended = { exit: 0, stdout: "", stderr: "" }
  for (const block of blocks) {
    const deed = deedOf(block)
    if (deed.deed === "write") {
      const path = join(at, deed.path)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `${block.text}\n`)
    }
    if (deed.deed === "stay") last = await shell.start(at, block.text, new RegExp(deed.until))
    if (deed.deed === "compare") compare(block, last)
    if (deed.deed === "run") {
      last = await shell.run(at, block.text)
      if (last.exit !== deed.exit)
        throw new Error(
          `${place(block)}: ended with ${last.exit}\n${block.text}\n${last.stdout}${last.stderr}`
        )
      at = block.text.split("\n").reduce((to, line) => join(to, /^cd (\S+)$/.exec(line)?.[1] ?? "."), at)
    }
  }
}

/** Every line was printed, in this order; `…` stands for anything, and so does how much white space there is. */
const compare = (block: Block, { stderr, stdout }: Ended): void => {
  const lines = block.text.split("\n").filter((line) => line.trim() !== "")
  const pattern = lines.map(loose).join("[^]*?")
  if (new RegExp(pattern).test(`${stdout}\n${stderr}`)) return
  throw new Error(`${place(block)}: this is not what was printed:\n${stdout}${stderr}`)
}

const loose = (line: string): string =>
  line
    .trim()
    .split("…")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/\s+/g, "\\s+"))
    .join(".*?")
