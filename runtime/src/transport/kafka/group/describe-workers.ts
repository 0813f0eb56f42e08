import type { KafkaClient } from "../client/kafka-client.ts"
import type { WorkerFacts } from "./leader-view.ts"
import { protocolType, readAssignment, readMetadata } from "./member-format.ts"

export interface DescribedWorkers {
  /** Kafka's word for the group's: while it is not `Stable`, what workers were given is not told. */
  readonly state: string
  readonly workers: readonly (WorkerFacts & {
    /** The address that it joined from. */
    readonly clientHost: string
    /** False where it knows of no work yet, or is on its way out. */
    readonly takesWork: boolean
  })[]
}

/** The workers of a group and what each was given, for whoever may ask the cluster. Rejects with a KafkaError. */
export async function describeWorkers(
  client: Pick<KafkaClient, "describeGroup">,
  group: string
): Promise<DescribedWorkers> {
  const { members, protocolType: type, state } = await client.describeGroup(group)
  if (type !== protocolType) return { state, workers: [] }
  return {
    state,
    workers: members
      .map(({ assignment, clientHost, memberId, metadata }) => {
        const said = readMetadata(metadata)
        return {
          id: memberId,
          label: said?.label ?? "",
          traits: said?.traits ?? [],
          weight: said?.weight ?? 0,
          takesWork: said?.takesWork ?? false,
          units: readAssignment(assignment) ?? [],
          clientHost
        }
      })
      .sort((one, other) =>
        one.label < other.label ? -1 : one.label > other.label ? 1 : one.id < other.id ? -1 : 1
      )
  }
}
