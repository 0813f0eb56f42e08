/**
 * A function that generated code may need, as the text that is put into it once. Text, and not a function's source at run
 * time, because bundlers and test runners rewrite functions. Tested through the expressions that use it.
 */
export interface LibraryFunction {
  readonly text: string
  /** Names of those that it calls. */
  readonly needs: readonly string[]
}

export type Library = { readonly [name: string]: LibraryFunction }

export function libraryFunction(text: string, ...needs: readonly string[]): LibraryFunction {
  return { text: text.trim(), needs }
}
