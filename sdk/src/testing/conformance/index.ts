export { fixtureSetups, moduleSetups } from "./conformance-file.ts"
export { allRules, type RuleResult, runTrials } from "./conformance-runner.ts"
export {
  type ConformanceSpec,
  type ConformanceTest,
  type ConformanceTests,
  processorConformance,
  sinkConformance,
  sourceConformance
} from "./conformance-tests.ts"
export { type Finding, type Rule, rulePage } from "./rule.ts"
export type { Setup } from "./setups.ts"
export { formatRule } from "./show-rule.ts"
