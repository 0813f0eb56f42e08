import { fileURLToPath } from "node:url"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { moduleLoader } from "../fixture/fixture-runner.ts"
import { formatResult } from "../fixture/show-result.ts"
import { type PropertyOptions, runProperties } from "./property-runner.ts"

/**
 * Runs the processors of a fixture file on generated records, for any test runner; rejects with what was found, and a case to paste:
 *
 *     it("takes any record", () => propertyTests(new URL("./index.fixture.yaml", import.meta.url), { runs: 50 }))
 */
export const propertyTests = async (
  file: string | URL,
  { runs = 10, seed = 0 }: Partial<Pick<PropertyOptions, "runs" | "seed">> = {}
): Promise<void> => {
  const path = typeof file === "string" ? file : fileURLToPath(file)
  const results = await Effect.runPromise(
    runProperties(path, { runs, seed, load: moduleLoader() }).pipe(Effect.provide(SandboxPool.layer({})))
  )
  const found = results.filter(({ status }) => status === "failed")
  if (found.length === 0) return
  const lines = found.flatMap((each) => [...formatResult(each), each.counterexample ?? ""])
  throw new Error(lines.join("\n"))
}
