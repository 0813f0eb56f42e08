import type { MissingSecret } from "@millrace/sdk/api"
import { printLines } from "../../terminal/print.ts"
import { paint, printable } from "../../terminal/style.ts"

/** Secrets that are not set yet, each with the line that sets it; nothing where all are. */
export const printMissingSecrets = (missing: readonly MissingSecret[]) =>
  printLines(
    missing.length === 0
      ? []
      : [
          paint("yellow", "\nsecrets without a value: requests that need one fail"),
          ...missing.map(
            ({ nodes, secret }) =>
              `  millrace secret set ${printable(secret)}   (${printable(nodes.join(", "))})`
          )
        ]
  )
