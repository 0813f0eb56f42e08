import { allRules, type Rule } from "@millrace/sdk/testing"

const kinds = ["source", "processor", "sink"] as const
const titles: { readonly [kind in Rule["kind"]]: string } = {
  source: "Sources",
  processor: "Processors",
  sink: "Sinks"
}

/** The rules that `millrace test --conformance` tries. */
export const conformancePage = (): string => `# Conformance

What every plugin of a kind holds to. \`millrace test --conformance\` tries it in the real sandbox, and so do \`sourceConformance\`,
\`processorConformance\` and \`sinkConformance\` of \`@millrace/sdk/testing\`; [Test a plugin](../how-to/testing.md) shows both. A rule that
is not for a plugin is named in \`skip\` with the reason ([fixture files](../formats/fixture.md)).
${kinds.map(chapter).join("\n")}`

const chapter = (kind: Rule["kind"]): string =>
  `
## ${titles[kind]}
${allRules
  .filter((rule) => rule.kind === kind)
  .map(section)
  .join("\n")}`

const section = ({ kind, name, remedy, says, why }: Rule): string => `
### <a id="${kind}-${name}"></a>${name}
${says}

${why} **Remedy:** ${remedy}
`
