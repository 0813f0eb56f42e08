import { assert, describe, it } from "vitest"
import type { HostileCase } from "./hostile-case.ts"
import { sampleOf } from "./sample.ts"
import { platformGuards, runTrial } from "./trial.ts"
import { complaintsOf } from "./verdict.ts"

const seed = 1

/** The threat catalogue's own cases, and `variants` of those beside them; `npm run prove -- hostile` runs all. */
export function describeCases(title: string, cases: readonly HostileCase[], variants: number): void {
  const isListed = ({ id }: HostileCase): boolean => /^\d+$/.test(id)
  const sampled = sampleOf(
    cases.filter((one) => !isListed(one)),
    variants,
    seed
  )
  describe(title, () => {
    for (const hostile of cases) {
      if (!isListed(hostile) && !sampled.includes(hostile)) continue
      it(`${hostile.outcome}: ${hostile.title} (${hostile.id})`, async (test) => {
        const { needs } = hostile
        if (needs !== undefined && !(await platformGuards()).includes(needs))
          return test.skip(`this platform has no ${needs}`)
        const observed = await runTrial(hostile)
        const complaints = complaintsOf(hostile, observed)
        assert.deepStrictEqual(complaints, [], JSON.stringify(observed.letters.map(({ message }) => message)))
      })
    }
  })
}
