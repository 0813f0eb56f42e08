import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseDocument } from "yaml"
import { insertNode, nodePlaces } from "./insert-node.ts"

const lines = ["added:", `  use: "@acme/x@^1"`, "  # with:   what it needs"]

describe("a node that is put into a pipeline file", () => {
  it("stands after the last one, indented as it is, and every comment stays", () => {
    const text = `# head
pipeline: p
nodes:
    a: { source: "@acme/y@^1" } # same line

    # before b
    b:
        sink: "@acme/z@^1"   # inside
        # after b's keys

# of the tail
owner: me
`
    assert.strictEqual(
      insertNode(text, lines),
      text.replace(
        "        # after b's keys\n",
        `        # after b's keys\n\n    added:\n      use: "@acme/x@^1"\n      # with:   what it needs\n`
      )
    )
  })

  it("ends the last line where the file does not, and keeps line ends of Windows", () => {
    assert.strictEqual(
      insertNode("nodes:\r\n  a: { use: x }", lines),
      `nodes:\r\n  a: { use: x }\r\n  added:\r\n    use: "@acme/x@^1"\r\n    # with:   what it needs\r\n`
    )
  })

  it("is refused where there is no place for it", () => {
    for (const text of [
      "nodes: { a: { use: x } }",
      "nodes:",
      "pipeline: p",
      "nodes: [a]",
      "nodes:\n  a: [\n"
    ])
      assert.isUndefined(insertNode(text, lines), text)
  })

  it("leaves all else as it was, whatever stands around it", () => {
    const comment = fc.constantFrom("", "# c\n", "  # c\n", "    # deep\n", "\n")
    const body = fc.constantFrom(
      "{ use: x }\n",
      "\n    use: x # y\n",
      '\n    use: "x"\n    with:\n      text: |\n        a\n\n        b\n'
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(comment, body), { minLength: 1, maxLength: 4 }),
        comment,
        (nodes, tail) => {
          const text = `nodes:\n${nodes.map(([before, after], index) => `${before}  n${index}: ${after}`).join("")}${tail}owner: me\n`
          const fresh = insertNode(text, lines) ?? ""
          const { nodes: made, ...rest }: { readonly nodes: { readonly [name: string]: unknown } } =
            parseDocument(fresh).toJS()
          const { added, ...others } = made
          assert.deepStrictEqual({ ...rest, nodes: others }, parseDocument(text).toJS())
          assert.deepStrictEqual(added, { use: "@acme/x@^1" })
          for (const line of text.split("\n")) assert.include(fresh, line)
        }
      ),
      { numRuns: 100 }
    )
  })

  it("follows the last node that has an output", () => {
    assert.deepStrictEqual(nodePlaces("nodes:\n  a: { source: x }\n  b: { sink: y }\n"), {
      names: ["a", "b"],
      lastOutput: "a"
    })
  })
})
