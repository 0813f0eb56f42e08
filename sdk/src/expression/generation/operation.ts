/** How a `call` of the core becomes text. */
export interface Operation {
  /** Functions of library/ that the text calls. */
  readonly needs: readonly string[]
  /** True when the text has an operand more than once: operands are then names or literals. */
  readonly repeats: boolean
  readonly text: (args: readonly string[], statics: readonly string[]) => string
}

export type Operations = readonly (readonly [name: string, operation: Operation])[]

/** An operation written in place. */
export function inline(text: Operation["text"], ...needs: readonly string[]): Operation {
  return { needs, repeats: false, text }
}

export function repeating(text: Operation["text"], ...needs: readonly string[]): Operation {
  return { needs, repeats: true, text }
}

/** A call of a library function: the operands, then what is known beforehand. */
export function calling(name: string, ...before: readonly string[]): Operation {
  return {
    needs: [name],
    repeats: false,
    text: (args, statics) => `${name}(${[...before, ...args, ...statics].join(", ")})`
  }
}
