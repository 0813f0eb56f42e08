import { Kafka, logLevel } from "kafkajs"

/** Takes all topics and groups out of a cluster, so that what runs on it next finds nothing of who ran before. Nobody may use it. */
export const emptyCluster = async (bootstrap: readonly string[]): Promise<void> => {
  const admin = new Kafka({ brokers: [...bootstrap], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const topics = (await admin.listTopics()).filter((name) => !name.startsWith("__"))
    if (topics.length > 0) await admin.deleteTopics({ topics })
    const { groups } = await admin.listGroups()
    if (groups.length > 0) await admin.deleteGroups(groups.map(({ groupId }) => groupId))
  } finally {
    await admin.disconnect()
  }
}
