import { existsSync, readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { root } from "../../house/floors.ts"
import { type Block, blocksOf } from "../markdown.ts"

export interface GuidePage {
  /** From the repository's root. */
  readonly path: string
  readonly blocks: readonly Block[]
}

const page = (path: string): GuidePage => ({
  path,
  blocks: blocksOf(path, readFileSync(join(root, path), "utf8"))
})

const below = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .toSorted()
    .map((name) => `${folder}/${name}`)

/** Pages whose commands are run, each in a folder of its own. */
export const guides = (): readonly GuidePage[] => ["docs/tutorial", "docs/how-to"].flatMap(below).map(page)

/** All pages whose blocks are looked at. */
export const checkedPages = (): readonly GuidePage[] => [
  ...guides(),
  ...["README.md", ...below("docs"), ...below("docs/explanation"), "docs/reference/cli.md"].map(page)
]

/** The READMEs of the first-party plugins. */
export const pluginPages = (): readonly GuidePage[] =>
  readdirSync(join(root, "plugins"))
    .toSorted()
    .map((name) => `plugins/${name}/README.md`)
    .filter((path) => existsSync(join(root, path)))
    .map(page)
