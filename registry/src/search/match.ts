import type { SearchHit, SearchKind } from "@millrace/sdk/api"
import type { SearchDocument } from "./search-document.ts"

type Text = SearchDocument["texts"][number]

/** What a place weighs; a whole text counts double, its beginning half as much again. */
const weights: { readonly [where in Text["in"]]: number } = {
  name: 100,
  plugin: 80,
  field: 40,
  description: 20,
  config: 10,
  doc: 5
}

const maxMatches = 10

export interface Match {
  readonly document: SearchDocument
  readonly score: number
  readonly matches: SearchHit["matches"]
}

/** How well a document answers; undefined when it lacks one of the words. No words: everything does. */
export const matchDocument = (document: SearchDocument, words: readonly string[]): Match | undefined => {
  const best = words.map((word) => bestOf(document.texts, word))
  if (best.some((found) => found.length === 0)) return undefined
  const score = best.reduce((sum, [first]) => sum + (first?.score ?? 0), 0)
  const matches = new Map(
    best
      .flat()
      .toSorted((one, other) => other.score - one.score)
      .map(({ text }) => [`${text.in} ${text.text}`, { in: text.in, text: text.text }])
  )
  return { document, score, matches: [...matches.values()].slice(0, maxMatches) }
}

const bestOf = (texts: readonly Text[], word: string) =>
  texts
    .filter(({ folded }) => folded.includes(word))
    .map((text) => ({ text, score: weights[text.in] * fit(text.folded, word) }))
    .toSorted((one, other) => other.score - one.score)

const fit = (text: string, word: string): number => {
  // The name of a package counts without its scope as well.
  if (text === word || text.slice(text.indexOf("/") + 1) === word) return 2
  return text.startsWith(word) || text.slice(text.indexOf("/") + 1).startsWith(word) ? 1.5 : 1
}

/** Whether a document is of a kind: one that has such a plugin, or a contract. */
export const isOfKind = (document: SearchDocument, kind: SearchKind | undefined): boolean => {
  if (kind === undefined) return true
  if (kind === "contract") return document.kind === "contract"
  return document.plugins.some((plugin) => plugin.kind === kind)
}

/** The words of a text, as they are looked for. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
