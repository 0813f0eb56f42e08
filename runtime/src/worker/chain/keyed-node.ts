import type { NodePlan } from "../../plan/physical.ts"

/** Whether a node keeps something by key: state, or timers. */
export const isKeyed = ({ spec }: NodePlan): boolean => spec.state.length > 0 || spec.timers === true
