import type { RuleName } from "../../telemetry/alert/rule-name.ts"
import { flowRules } from "./flow-rules.ts"
import { recordRules } from "./record-rules.ts"
import { resourceRules } from "./resource-rules.ts"
import type { Rule } from "./rule.ts"

/** Every rule there is. */
export const allRules: readonly Rule[] = [...flowRules, ...recordRules, ...resourceRules]

/** A rule by its name. */
export const ruleNamed = (name: string): Rule | undefined => allRules.find((rule) => rule.name === name)

export const ruleNames: readonly RuleName[] = allRules.map(({ name }) => name)
