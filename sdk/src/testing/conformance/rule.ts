/** What a plugin must hold to, whatever it does. */
export interface Rule {
  /** Stable: reports, `skip` and the documentation name it. */
  readonly name: string
  readonly kind: "source" | "processor" | "sink"
  /** What holds. */
  readonly says: string
  /** What a user of the plugin loses where it does not. */
  readonly why: string
  /** What an author does about it. */
  readonly remedy: string
}

/** Where a rule is explained. */
export const rulePage = ({ name, kind }: Pick<Rule, "name" | "kind">): string =>
  `docs/reference/conformance.md#${kind}-${name}`

/** One way in which a rule was broken. */
export interface Finding {
  /** What was done to the plugin. */
  readonly did: string
  readonly expected: string
  readonly came: string
}

/** What a check came to. `untried`: nothing of the plugin's is about this rule, or it cannot be seen. */
export type Verdict =
  | { readonly is: "kept" }
  | { readonly is: "untried"; readonly why: string }
  | { readonly is: "broken"; readonly findings: readonly Finding[] }

export const untried = (why: string): Verdict => ({ is: "untried", why })

/** Findings are shown, so few are enough. */
const maxFindings = 3

export const verdictOf = (findings: readonly (Finding | undefined)[]): Verdict => {
  const found = findings.filter((finding) => finding !== undefined)
  return found.length === 0 ? { is: "kept" } : { is: "broken", findings: found.slice(0, maxFindings) }
}
