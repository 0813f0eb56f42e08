import { Kafka, logLevel } from "kafkajs"
import { until } from "../../input/program.ts"
import type { RunningCluster } from "../../kafka/running-cluster.ts"

/** What a broker may take to have all that it missed. */
const patience = 300

/** Answers when every copy of every partition is in sync again: a second broker that goes before that would take away what is owed to nobody. */
export const untilInSync = async (cluster: RunningCluster): Promise<void> => {
  const brokers = cluster.bootstrap.length
  await until(
    () => behind(cluster, brokers),
    (count) => count === 0,
    patience
  )
}

/** Partitions of which a copy is not in sync, or that nobody leads. */
const behind = async ({ bootstrap }: RunningCluster, brokers: number): Promise<number> => {
  const kafka = new Kafka({ brokers: [...bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 0 } })
  const admin = kafka.admin()
  try {
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata()
    return topics
      .flatMap(({ partitions }) => partitions)
      .filter(({ isr, leader, replicas }) => leader < 0 || isr.length < Math.min(brokers, replicas.length))
      .length
  } catch {
    return Infinity
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
