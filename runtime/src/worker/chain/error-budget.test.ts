import { assert, describe, it } from "vitest"
import { ErrorBudget } from "./error-budget.ts"

const limits = { window: 10_000, minimum: 1_000, ratio: 0.01 }

describe("an error budget", () => {
  it("is judged once the least number of records was seen", () => {
    const budget = new ErrorBudget(limits)
    assert.isFalse(budget.exceededAfter(999, 999))
    assert.isTrue(budget.exceededAfter(1, 0))
  })

  it.each([1, 20, 99, 1_000, 3_333])("holds for the last 10,000 records, in batches of %i", (batch) => {
    const budget = new ErrorBudget(limits)
    assert.isFalse(budget.exceededAfter(1_000, 10))
    for (let good = 0; good < 10_000 + batch + 100; good += batch)
      assert.isFalse(budget.exceededAfter(batch, 0))
    // What failed before has left the window: as many again are not too many.
    for (let failed = 0; failed < 100; failed++) assert.isFalse(budget.exceededAfter(1, 1), `${failed}`)
    let more = 0
    while (!budget.exceededAfter(1, 1)) more += 1
    // The window holds between 10,000 records and a batch or a hundredth more.
    assert.isAtMost(more, Math.max(batch, 100) * 0.01 + 1)
  })

  it("forgets what it counted when the pipeline was paused for it", () => {
    const budget = new ErrorBudget(limits)
    assert.isTrue(budget.exceededAfter(2_000, 2_000))
    budget.reset()
    assert.isFalse(budget.exceededAfter(2_000, 20))
  })
})
