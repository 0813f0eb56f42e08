import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { PlanView } from "@millrace/sdk/api"
import { printLines } from "../terminal/print.ts"
import { paint, printable } from "../terminal/style.ts"
import { printMissingSecrets } from "./secret/print-missing-secrets.ts"

const signs = {
  add: ["green", "+"],
  remove: ["red", "-"],
  change: ["yellow", "~"],
  note: ["dim", " "]
} as const

/** The plan as people read it. */
export const printPlan = Effect.fn("printPlan")(function* (plan: PlanView, explain: boolean) {
  yield* Console.log(
    paint(
      "bold",
      `${printable(plan.pipeline)}: ${plan.wouldChange ? "would change" : "nothing would change"}`
    )
  )
  yield* printLines(
    plan.changes.map(({ action, text }) => {
      const [colour, sign] = signs[action]
      return paint(colour, `  ${sign} ${printable(text)}`)
    })
  )
  if (plan.rerun)
    yield* Console.log("\nThe pipeline has ended: applied, it runs again from the start of its sources.")
  if (plan.permissions.length > 0) yield* Console.log(paint("bold", "\npermissions"))
  yield* printLines(
    plan.permissions.map(
      (each) =>
        `  ${each.granted ? paint("green", "granted ") : paint("yellow", "asked   ")} ${printable(each.node)} (${printable(each.package)}): ${permissionText(each.permission)}`
    )
  )
  yield* printMissingSecrets(plan.missingSecrets)
  if (explain) yield* printExplanation(plan)
  yield* Console.log(paint("dim", `\nplan ${plan.hash}`))
})

/** A secret that the plugin gets to see stands out. */
const permissionText = (permission: string): string =>
  permission.startsWith("SEE ") ? paint("red", printable(permission)) : printable(permission)

const printExplanation = (plan: PlanView) =>
  printLines([
    paint("bold", "\nhow it runs"),
    ...plan.explanation.map((line) => `  ${printable(line)}`),
    paint("bold", "\nwhere fields come from"),
    ...Object.entries(plan.lineage).flatMap(([node, fields]) =>
      Object.entries(fields).map(
        ([field, from]) =>
          `  ${printable(node)}.${printable(field)} <- ${printable(from.join(", ") || "(nothing of the input)")}`
      )
    )
  ])
