import { assert, describe, it } from "vitest"
import { compileExpression, formatExpression, functionNames } from "./index.ts"
import { expressionReference, expressionReferenceMarkdown } from "./reference.ts"
import { showValue } from "./show-value.ts"
import { parsed, typed, withoutSpans } from "./testing/run-expression.ts"

const entries = expressionReference.flatMap((family) => family.entries)

describe("the reference of expressions", () => {
  it.each(entries.map(({ usage, example, gives }) => [usage, example, gives] as const))(
    "%s has an example that gives what it says",
    (_, example, gives) => {
      const expression = typed(example)
      assert.strictEqual(showValue(compileExpression(expression)({}), expression.type), gives)
    }
  )

  it.each(entries.map(({ example }) => example))("writes %s so that it reads the same again", (example) => {
    const expression = parsed(example)
    const text = formatExpression(expression)
    assert.deepEqual(withoutSpans(parsed(text)), withoutSpans(expression))
    assert.strictEqual(formatExpression(parsed(text)), text)
  })

  it("names every function", () => {
    const markdown = expressionReferenceMarkdown()
    for (const name of functionNames) assert.match(markdown, new RegExp(`\`${name}[(\`]`))
  })
})
