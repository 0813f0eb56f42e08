import type { Json } from "../../../avro/type.ts"
import { isList, isObject } from "../../fixture/fixture-value.ts"
import type { SeenRequest } from "../faults.ts"
import type { World } from "./sink-subject.ts"

/** A text of a record that no other record has: by it the record is found again in what was written. */
export type Marks = readonly string[]

/** Texts and numbers that are written alike in most formats, and long enough not to be there by chance. */
const plain = /^[A-Za-z0-9][\w .:@-]{2,80}$/

/** The marks of each record. */
export const marksOf = (values: readonly Json[]): readonly Marks[] => {
  const scalars = values.map((value) => [...new Set(scalarsOf(value))].filter((text) => plain.test(text)))
  return scalars.map((own, at) =>
    own.filter((text) =>
      scalars.every((others, place) => place === at || !others.some((other) => other.includes(text)))
    )
  )
}

const scalarsOf = (json: Json): readonly string[] => {
  if (isList(json)) return json.flatMap(scalarsOf)
  if (isObject(json)) return Object.values(json).flatMap(scalarsOf)
  return typeof json === "string" || typeof json === "number" ? [String(json)] : []
}

/** Where a record stands: in which of the texts, and where in it; undefined when it is not found. */
export interface Found {
  readonly text: number
  readonly at: number
}

export const find = (marks: Marks, texts: readonly string[]): Found | undefined => {
  for (const [text, content] of texts.entries()) {
    const places = marks.map((mark) => content.indexOf(mark)).filter((at) => at >= 0)
    if (places.length > 0) return { text, at: Math.min(...places) }
  }
  return undefined
}

/** Every text that stands outside: files by their names, requests in the order of their start. */
export const textsIn = ({ files, requests }: World): readonly string[] => [
  ...Object.values(files).flatMap((byPath) => Object.values(byPath).map(contentText)),
  ...requests.map((request) => JSON.stringify(request))
]

const contentText = (content: Json): string => {
  if (typeof content === "string") return content
  const { base64 } = Object(content)
  return Buffer.from(String(base64), "base64").toString("latin1")
}

/** A request's URL and body. */
export const requestText = ({ bytes, payload }: SeenRequest): string => {
  const { url } = Object(payload)
  return `${String(url)} ${bytes === undefined ? "" : new TextDecoder().decode(bytes)}`
}
