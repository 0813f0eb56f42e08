import { assert } from "vitest"
import { atTerminal, showsCursor, type Terminal, type TerminalOptions } from "./terminal.ts"

/** Starts a program, answers each question that it shows, and waits for its end. */
export const answered = async (
  args: readonly string[],
  answers: readonly (readonly [question: string, pressed: string])[],
  options: TerminalOptions
): Promise<Terminal & { readonly code: number }> => {
  const terminal = atTerminal(process.execPath, args, options)
  try {
    for (const [question, pressed] of answers) {
      await terminal.shows(question)
      terminal.press(pressed)
    }
    return { ...terminal, code: await terminal.exit() }
  } finally {
    terminal.close()
  }
}
/** The terminal is as it was: the cursor is seen, on a line of its own, and keys are echoed, line by line. */
export const assertRestored = (terminal: Terminal): void => {
  assert.isTrue(showsCursor(terminal.raw()), "the cursor is hidden")
  assert.match(terminal.text(), /\n$/)
  assert.match(terminal.modes(), /(?<!-)\bicanon\b/)
  assert.match(terminal.modes(), /(?<!-)\becho\b/)
}
