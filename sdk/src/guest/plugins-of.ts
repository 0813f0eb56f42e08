import { type Definition, definitionKey } from "../plugin/definition.ts"

/** The plugins among a module's exports, by name. Everything else that it exports is its own affair. */
export const pluginsOf = (module: object): ReadonlyMap<string, Definition> => {
  const found = new Map<string, Definition>()
  for (const exported of Object.values(module)) {
    if (!isPlugin(exported)) continue
    const definition = exported[definitionKey]
    const known = found.get(definition.name)
    if (known !== undefined && known !== definition) {
      throw new Error(`two plugins are named ${JSON.stringify(definition.name)}: give one another name`)
    }
    found.set(definition.name, definition)
  }
  if (found.size === 0) {
    throw new Error(
      "the module exports no plugin: export what defineProcessor, defineFunction, defineSource or defineSink answers"
    )
  }
  return found
}

const isPlugin = (value: unknown): value is { readonly [definitionKey]: Definition } =>
  typeof value === "object" && value !== null && Object.hasOwn(value, definitionKey)
