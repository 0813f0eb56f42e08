import * as Effect from "effect/Effect"
import { connectTo } from "../command/connect.ts"
import { findServer } from "../data-folder.ts"
import type { Finding } from "./findings.ts"

/** Secrets that the pipelines of the platform over this folder ask for and have not; none where no platform is up. */
export const secretFindings = (folder: string) =>
  Effect.gen(function* () {
    const { client } = connectTo(yield* findServer(folder), false)
    const { pipelines } = yield* client.platformStatus({})
    return pipelines.flatMap(({ missingSecrets, pipeline }) =>
      missingSecrets.map(({ nodes, secret }): Finding => ({
        name: `secret ${secret}`,
        state: "reduced",
        text: `it has no value, and ${pipeline} needs it (${nodes.join(", ")})`,
        remedy: `millrace secret set ${secret}`
      }))
    )
  }).pipe(Effect.orElseSucceed((): readonly Finding[] => []))
