import type { MissingSecret, PlanView } from "@millrace/sdk/api"
import { differenceLines } from "../plan/difference/render-difference.ts"
import type { PlanDifference } from "../plan/difference/diff-plans.ts"
import { explain } from "../plan/explain.ts"
import { describePermission } from "@millrace/sdk/permission"
import type { Plan } from "../plan/plan.ts"

export interface PlanViewParts {
  readonly plan: Plan
  readonly difference: PlanDifference
  readonly rerun: boolean
  readonly missingSecrets: readonly MissingSecret[]
}

/** A plan as the API shows it. */
export const planView = ({ difference, missingSecrets, plan, rerun }: PlanViewParts): PlanView => ({
  pipeline: plan.pipeline.pipeline,
  hash: plan.physical.hash,
  wouldChange: difference.wouldChange,
  changes: [
    ...differenceLines(difference),
    ...plan.warnings.map((text) => ({ action: "note", text }) as const)
  ],
  permissions: plan.permissions.map(({ node, handle, package: asker, permission, granted }) => ({
    node,
    handle,
    package: asker,
    permission: describePermission(permission),
    granted
  })),
  missingSecrets,
  explanation: explain(plan),
  lineage: Object.fromEntries(
    plan.nodes.flatMap((node) =>
      Object.entries(node.outputs).map(([output, { origins }]) => [
        output === "output" ? node.name : `${node.name}.${output}`,
        origins
      ])
    )
  ),
  rerun
})
