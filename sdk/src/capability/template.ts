import { valueAt } from "../manifest/json-pointer.ts"
import { pointerOf } from "../plugin/open-field.ts"

/** A part of a permission that the node's config fills in, so that an operator grants what will really be touched. */
export interface FromConfig {
  readonly config: string
  /** The config may say nothing here: then nothing is asked for, and nothing is granted. */
  readonly optional?: true
}

/**
 * The value at a key of the config (a dotted path of keys), for a permission: `files.read(fromConfig("path"))`. With
 * `optional` the config may leave it out, and what it stands for is then not asked for: `secret(fromConfig("token", { optional: true }))`.
 */
export const fromConfig = (key: string, options: { readonly optional?: boolean } = {}): FromConfig => ({
  config: pointerOf(key),
  ...(options.optional === true ? { optional: true } : {})
})

/** What a template stands for, by the node's config as the pipeline gives it; undefined where that says nothing. */
export const textFrom = (template: string | FromConfig, config: unknown): string | undefined => {
  if (typeof template === "string") return template
  const value = valueAt(config, template.config)
  return typeof value === "string" && value !== "" ? value : undefined
}
