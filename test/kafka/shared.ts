import { hasKafka } from "../tools.ts"
import { keeperVariable } from "./keeper.ts"
import { releases } from "./releases.ts"
import type { Release } from "./releases.ts"

/** A cluster that suites share for a whole run: make topics, groups and transactional ids of names that nobody else has. */
export interface SharedCluster {
  /** For names of suites. */
  readonly name: string
  /** Addresses for clients; starts the cluster where nobody asked before. Rejects with what went wrong. */
  readonly bootstrap: () => Promise<readonly string[]>
}

const given = process.env["KAFKA_BROKERS"]

/** What a suite's first question may take: the release may have to be fetched. */
export const sharedClusterPatience = 900_000

/** One cluster of each line of releases; the one of KAFKA_BROKERS alone, where that is set; none where there are no tools. */
export const sharedClusters: readonly SharedCluster[] =
  given !== undefined && given !== ""
    ? [{ name: "the cluster of KAFKA_BROKERS", bootstrap: () => Promise.resolve(given.split(",")) }]
    : hasKafka
      ? (["4", "3.9"] as const).map((release) => ({
          name: `Kafka ${releases[release]}`,
          bootstrap: () => askKeeper(release)
        }))
      : []

const askKeeper = async (release: Release): Promise<readonly string[]> => {
  const keeper = process.env[keeperVariable]
  if (keeper === undefined) throw new Error("nobody keeps clusters: run by vitest, whose global setup does")
  const reply = await fetch(`${keeper}/${release}`, { signal: AbortSignal.timeout(sharedClusterPatience) })
  const text = await reply.text()
  if (!reply.ok) throw new Error(text)
  return text.split(",")
}
