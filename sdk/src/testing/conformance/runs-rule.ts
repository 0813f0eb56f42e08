import type { Rule } from "./rule.ts"

const expectation: { readonly [kind in Rule["kind"]]: string } = {
  source: "With its config and in its surroundings it can be read, and gives records.",
  processor: "With its config and in its surroundings it runs.",
  sink: "With its config and in its surroundings it takes records."
}

/** What goes before all other rules. */
export const runsRule = (kind: Rule["kind"]): Rule => ({
  name: "runs",
  kind,
  says: expectation[kind],
  why: "Nothing can be said of a plugin that does not run.",
  remedy:
    "Say in the fixture's `conformance` what it needs: config, schema and records, files, http replies, tables."
})
