import { pointerOf } from "../plugin/open-field.ts"

/** A part of a permission that the node's config fills in, so that an operator grants what will really be touched. */
export interface FromConfig {
  readonly config: string
}

/** The value at a key of the config (a dotted path of keys), for a permission: `files.read(fromConfig("path"))`. */
export const fromConfig = (key: string): FromConfig => ({ config: pointerOf(key) })
