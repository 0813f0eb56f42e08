/**
 * A function that generated code may need, as the text that is put into it once. Text, and not a function's source at run
 * time, because bundlers and test runners rewrite functions. Tested through the expressions that use it.
 */
export interface Helper {
  readonly text: string
  /** Names of helpers that it calls. */
  readonly needs: readonly string[]
}

export type Helpers = { readonly [name: string]: Helper }

export function helper(text: string, ...needs: readonly string[]): Helper {
  return { text: text.trim(), needs }
}
