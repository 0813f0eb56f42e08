import { assert, describe, it } from "vitest"
import { ruleNamed } from "../../rules/all-rules.ts"
import type { FoundAlert } from "./alert.ts"
import { AlertBook, type KnownAlert } from "./alert-book.ts"

const rule = ruleNamed("lagging")
if (rule === undefined) throw new Error("there is no rule lagging")

const found = (chain: string, forSeconds = 60): FoundAlert => ({
  force: { rule, labels: {}, owner: "", severity: "warning", threshold: 60, forSeconds, nodes: [] },
  labels: { pipeline: "movies", chain },
  value: 70
})
const options = { resolvedMs: 600_000, heldUntil: () => 300_000 }

/** `chain state` of each. */
const states = (book: AlertBook): readonly string[] =>
  book.all().map(({ labels, state }) => `${labels["chain"]} ${state}`)

const known = (): readonly KnownAlert[] => {
  const book = new AlertBook(options)
  book.observe(0, [found("a", 0)])
  return book.all().flatMap((alert) => {
    const { firedAt, state } = alert
    return state === "firing" && firedAt !== undefined ? [{ ...alert, state, firedAt }] : []
  })
}

describe("the book of alerts", () => {
  it("fires what held for as long as its rule asks, and not sooner", () => {
    const book = new AlertBook(options)
    assert.isFalse(book.observe(0, [found("a")]))
    assert.isFalse(book.observe(59_000, [found("a")]))
    assert.deepStrictEqual(states(book), ["a pending"])
    assert.isTrue(book.observe(60_000, [found("a")]))
    assert.deepStrictEqual(states(book), ["a firing"])
    assert.deepInclude(book.all()[0], { since: 0, firedAt: 60_000 })
  })

  it("begins anew where the condition did not hold in between", () => {
    const book = new AlertBook(options)
    book.observe(0, [found("a")])
    book.observe(30_000, [])
    assert.deepStrictEqual(states(book), [])
    book.observe(60_000, [found("a")])
    assert.deepStrictEqual(states(book), ["a pending"])
  })

  it("resolves what holds no more, shows that for a while, and keeps the id when it fires again", () => {
    const book = new AlertBook(options)
    book.observe(0, [found("a", 0)])
    const [fired] = book.all()
    assert.isTrue(book.observe(5_000, []))
    assert.deepStrictEqual(states(book), ["a resolved"])
    book.observe(10_000, [found("a", 0)])
    assert.deepInclude(book.all()[0], { id: fired?.id, state: "firing", since: 10_000 })
    book.observe(15_000, [])
    book.observe(615_000, [])
    assert.deepStrictEqual(states(book), ["a resolved"])
    book.observe(616_000, [])
    assert.deepStrictEqual(states(book), [])
  })

  it("does not forget that something is resolved when it nearly fires again", () => {
    const book = new AlertBook(options)
    book.observe(0, [found("a", 0)])
    book.observe(5_000, [])
    book.observe(10_000, [found("a")])
    assert.deepStrictEqual(states(book), ["a pending"])
    book.observe(15_000, [])
    assert.deepInclude(book.all()[0], { state: "resolved", resolvedAt: 5_000 })
  })

  it("does not resolve what fired before a restart while its history is too short to tell", () => {
    const book = new AlertBook(options, known())
    book.observe(100_000, [])
    assert.deepStrictEqual(states(book), ["a firing"])
    book.observe(300_000, [])
    assert.deepStrictEqual(states(book), ["a resolved"])
  })

  it("goes on with what fired before a restart and still holds, and resolves it as any other", () => {
    const book = new AlertBook(options, known())
    assert.isFalse(book.observe(100_000, [found("a")]))
    assert.deepInclude(book.all()[0], { state: "firing", since: 0, firedAt: 0 })
    book.observe(105_000, [])
    assert.deepStrictEqual(states(book), ["a resolved"])
  })
})
