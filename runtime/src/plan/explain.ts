import type { ChainPlan, SegmentPlan } from "./physical.ts"
import type { Plan } from "./plan.ts"

/** What `millrace explain` prints: which topics there are and why, and what runs together in which process. */
export const explain = (plan: Plan): readonly string[] => [
  ...topicLines(plan),
  "",
  ...plan.physical.chains.flatMap(chainLines)
]

const topicLines = (plan: Plan): readonly string[] => {
  const count = plan.topics.length
  return [
    `${count} ${count === 1 ? "topic" : "topics"}`,
    ...plan.topics.map(({ name, partitions, key, retainBytes, compact, why, internal }) => {
      const by = key.length === 0 ? "" : `, by ${key.join(", ")}`
      const cut = `${partitions} ${partitions === 1 ? "partition" : "partitions"}${by}`
      const kept =
        retainBytes === undefined
          ? ""
          : `, keeps ${Math.ceil(retainBytes / 1024).toLocaleString("en")} KiB each`
      const newest = compact === true ? ", keeps the newest of each key" : ""
      return `  ${internal ? "topic" : "stream"} ${name} (${cut}${kept}${newest}): ${why}`
    })
  ]
}

const chainLines = (chain: ChainPlan): readonly string[] => {
  const tasks =
    chain.partitions === "source" ? "a task per partition of the source" : `${chain.partitions} tasks`
  const reads =
    chain.inputs.length === 0 ? "" : `, reads ${chain.inputs.map((input) => input.topic).join(", ")}`
  const tables = chain.tables.map(({ node, handle, topic }) => `  table ${handle} of ${node}: ${topic}`)
  const writes = chain.outputs.map(({ output, topic, key }) => {
    return `  writes ${topic}${chain.outputs.length > 1 ? ` from ${output}` : ""}${key === undefined ? "" : `, by ${key.join(", ")}`}`
  })
  return [
    `chain ${chain.head}: ${tasks}${reads}`,
    ...(chain.segments.length === 0 ? ["  only repartitions"] : chain.segments.flatMap(segmentLines)),
    ...tables,
    ...writes
  ]
}

const segmentLines = ({ domain, nodes, passes }: SegmentPlan): readonly string[] => {
  const names = nodes.map((node) => node.spec.node)
  return [
    `  ${names.join(" -> ")} in the sandbox of ${domain}`,
    ...(passes ?? []).map(({ first, steps }) => {
      const members = names.slice(first, first + steps.length)
      return `    in one pass: ${members.length === names.length ? "all" : members.join(" -> ")}`
    })
  ]
}
