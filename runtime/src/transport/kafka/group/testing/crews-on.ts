import { randomUUID } from "node:crypto"
import { afterEach, assert, beforeAll } from "vitest"
import { type SharedCluster, sharedClusterPatience } from "../../../../../../test/kafka/shared.ts"
import type { KafkaClient } from "../../client/kafka-client.ts"
import { Crew } from "./crew.ts"
import type { CrewOptions } from "./crew.ts"

type MakeClient = (options: { readonly bootstrap: readonly string[] }) => KafkaClient

/** Crews on one cluster, each in a group of its own; they end with the test, which fails where one has seen a fault. */
export function crewsOn(cluster: SharedCluster | undefined, makeClient: MakeClient) {
  let bootstrap: readonly string[] = []
  let crews: Crew[] = []
  beforeAll(async () => {
    bootstrap = (await cluster?.bootstrap()) ?? []
  }, sharedClusterPatience)
  afterEach(async () => {
    const ended = crews
    crews = []
    for (const each of ended) await each.end()
    assert.deepStrictEqual(
      ended.flatMap(({ faults }) => faults),
      []
    )
  })
  return {
    bootstrap: (): readonly string[] => bootstrap,
    crew: (options: Partial<CrewOptions> = {}): Crew => {
      const made = new Crew({
        group: `group-${randomUUID().slice(0, 8)}`,
        openClient: () => Promise.resolve(makeClient({ bootstrap })),
        ...options
      })
      crews.push(made)
      return made
    }
  }
}
