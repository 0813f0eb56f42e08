import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { PlanView } from "@millrace/sdk/api"
import type { Connection } from "./connect.ts"
import { printPlan } from "./print-plan.ts"
import { problemsOf, readPipelineFile } from "./pipeline-file.ts"
import { askYes, canAsk } from "../terminal/ask.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { say } from "../terminal/print.ts"

/** What of a pipeline file is applied, and whether its permissions are granted beforehand. */
export interface ApplyInput {
  readonly file: string
  readonly vars: { readonly [name: string]: string }
  readonly upgrade: boolean
  /** State that the new plan cannot read begins empty. Default: the plan is refused. */
  readonly discardState?: boolean
  /** A savepoint, `PIPELINE/NAME`, to begin from. */
  readonly from?: Option.Option<string>
  /** A share like `25%`, or partitions like `0,3`, to try it on. */
  readonly canary?: Option.Option<string>
  readonly canaryPartitions?: Option.Option<string>
  readonly grant: boolean
}

/** Plans a pipeline file, asks for consent where a permission is missing, and applies exactly that plan. */
export const applyFile = Effect.fn("applyFile")(function* (connection: Connection, input: ApplyInput) {
  const request = yield* readPipelineFile(input.file, input)
  const answer = yield* connection.client.plan({ body: request })
  if ("problems" in answer) return yield* problemsOf(input.file, answer.problems)
  if (!connection.json) yield* printPlan(answer.plan, false)
  const grant = yield* agreeToGrant(answer.plan, input.grant, canAsk(connection.json))
  return yield* connection.client.apply({ body: { ...request, hash: answer.plan.hash, grant } })
})

/** True when what is missing may be granted: by flag, or by an answer at the terminal where somebody `isThere`. */
export const agreeToGrant = Effect.fn("agreeToGrant")(function* (
  plan: PlanView,
  flag: boolean,
  isThere: boolean
) {
  const missing = plan.permissions.filter((each) => !each.granted)
  if (flag || missing.length === 0) return flag
  if (!isThere) return yield* notGranted(plan.pipeline, missing)
  yield* say("")
  const what = missing.length === 1 ? "this permission" : `these ${missing.length} permissions`
  const yes = yield* askYes(`Grant ${what} to ${plan.pipeline}?`)
  return yes ? true : yield* notGranted(plan.pipeline, missing)
})

const notGranted = (pipeline: string, missing: PlanView["permissions"]) =>
  new CommandError({
    code: "GRANT_NEEDED",
    message: `${pipeline} asks for permissions that were not granted: ${missing.map((each) => `${each.node}: ${each.permission}`).join("; ")}`,
    remedy: "look at them with `millrace plan`, and apply with --grant if you agree",
    exit: exitCode.notPermitted
  })
