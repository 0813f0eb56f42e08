import { createHash } from "node:crypto"
import type { ExampleName } from "./run-example.ts"
import { runExample } from "./run-example.ts"

export interface TransportsCase {
  readonly example: ExampleName
  readonly partitions: number
}

export interface TransportsVerdict {
  /** How one of the runs differs from DuckDB's answers, or both from each other; empty when neither does. */
  readonly faults: readonly string[]
  /** Of each output, how many records were compared, and a digest of them. */
  readonly compared: readonly string[]
}

/** Runs an example on the embedded log and on a cluster that holds nothing, and holds the outputs against each other. */
export const compareTransports = async (
  { example, partitions }: TransportsCase,
  bootstrap: readonly string[]
): Promise<TransportsVerdict> => {
  const embedded = await runExample({ example, partitions, flags: [] })
  const kafka = await runExample({ example, partitions, flags: ["--kafka", bootstrap.join(",")] })
  const names = Object.keys(embedded.given)
  const differs = names.filter((name) => embedded.given[name] !== kafka.given[name])
  return {
    faults: [
      ...embedded.faults.map((fault) => `embedded: ${fault}`),
      ...kafka.faults.map((fault) => `Kafka: ${fault}`),
      ...differs.map((name) => `${name}: not the same on Kafka as on the embedded log`),
      ...names.filter((name) => embedded.given[name] === "").map((name) => `${name}: nothing`)
    ],
    compared: names.map((name) => told(name, kafka.given[name] ?? ""))
  }
}

const told = (name: string, text: string): string =>
  `${name} ${text.split("\n").length - 1} (${createHash("sha256").update(text).digest("hex").slice(0, 8)})`
