import { parseAllDocuments } from "yaml"

/** One object of a manifest. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly [field: string]: unknown
}

export const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

const isManifest = (value: unknown): value is Manifest =>
  isObject(value) &&
  "apiVersion" in value &&
  typeof value.apiVersion === "string" &&
  "kind" in value &&
  typeof value.kind === "string"

/** The objects of a file. Throws where it is no YAML, or has something that is none. */
export const readManifests = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map((document) => {
    for (const error of document.errors) throw error
    const value: unknown = document.toJS()
    if (!isManifest(value)) throw new TypeError("an object has no apiVersion and kind")
    return value
  })
