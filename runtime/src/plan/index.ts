export { catalogueOf } from "./catalogue.ts"
export type { Catalogue } from "./catalogue.ts"
export { PackageUnavailable } from "./dependencies.ts"
export type {
  CatalogueTopic,
  PlanDependencies,
  ResolvedPackage,
  SandboxFailure,
  WantedPackage
} from "./dependencies.ts"
export { diffPlans } from "./difference/diff-plans.ts"
export type { Aspect, NodeChange, PlanDifference, TopicChange } from "./difference/diff-plans.ts"
export { differenceLines, renderDifference } from "./difference/render-difference.ts"
export type { DifferenceLine } from "./difference/render-difference.ts"
export { explain } from "./explain.ts"
export { makePlan } from "./make-plan.ts"
export type {
  ChainInput,
  ChainOutput,
  ChainPlan,
  NodePlan,
  PhysicalPlan,
  SegmentPlan,
  TableFeed
} from "./physical.ts"
export { PlanFailed } from "./plan.ts"
export type { Plan, PlannedNode, PlannedPermission, PlannedState, PlannedTopic, PlanRequest } from "./plan.ts"
export { planFromJson, planToJson, PlanUnreadable } from "./plan-json.ts"
export { Lock } from "./resolution/lock.ts"
