import { type Paint, plainPaint } from "../fixture/show-result.ts"
import { shownFile } from "../fixture/read-fixture.ts"
import type { RuleResult } from "./conformance-runner.ts"
import { rulePage } from "./rule.ts"

/** A rule's line and, where it is broken, what was done, what came, why it matters and what to do. */
export const formatRule = (result: RuleResult, paint: Paint = plainPaint): readonly string[] => {
  const { file, findings, line, plugin, rule, setup, status, why } = result
  const name = `${plugin}${setup === undefined ? "" : ` (${setup})`} › ${rule.name}`
  if (status === "kept") return [`${paint.good("✓")} ${name}`]
  if (status !== "broken")
    return [paint.quiet(`- ${name}: ${status === "skipped" ? "skipped: " : ""}${why ?? ""}`)]
  return [
    `${paint.bad("✗")} ${name} ${paint.quiet(`${shownFile(file)}:${line}`)}`,
    `    ${rule.says}`,
    ...findings.flatMap(({ came, did, expected }) => [
      `      done     ${escaped(did)}`,
      `      expected ${paint.good(escaped(expected))}`,
      `      came     ${paint.bad(escaped(came))}`
    ]),
    `    why: ${rule.why}`,
    `    remedy: ${rule.remedy}`,
    paint.quiet(`    ${rulePage(rule)}`)
  ]
}

/** Control characters of a plugin's text are shown, not obeyed. */
const escaped = (text: string): string =>
  text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what is shown
    /[\u0000-\u001f\u007f-\u009f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16).padStart(2, "0")}`
  )
