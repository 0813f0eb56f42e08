import type { SandboxPool } from "@millrace/sandbox"
import type * as Effect from "effect/Effect"
import type { FixtureError } from "../fixture/fixture-problem.ts"
import type { TestError } from "../test-error.ts"
import type { Rule, Verdict } from "./rule.ts"

/** What a check does; a failure of its own is one of the plugin's too. */
export type Trial<A> = Effect.Effect<A, TestError | FixtureError, SandboxPool>

/** One rule, and how it is tried on a subject. */
export interface Check<Subject> {
  readonly rule: Rule
  readonly try: (subject: Subject) => Trial<Verdict>
}

/** Some of many, from the first to the last, evenly. */
export const someOf = <A>(items: readonly A[], most: number): readonly A[] =>
  items.length <= most
    ? items
    : Array.from({ length: most }, (_, at) => items[Math.round((at * (items.length - 1)) / (most - 1))]!)

const maxShown = 240

/** A value as a finding shows it. */
export const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing")
  return text.length > maxShown ? `${text.slice(0, maxShown)}… (${text.length} characters)` : text
}
