import type { TopicSpec } from "../transport.ts"

/** What Kafka takes in a topic's name (`Topic.LEGAL_CHARS`), less the `_` that we escape by. */
const legal = /^[a-zA-Z0-9.-]$/
/** https://kafka.apache.org/documentation/#topicconfigs: names are files' names. */
const mostChars = 249

/** What stands before names in Kafka. */
export interface Prefixes {
  /** Of topics that the planner or the platform made, of groups and of transactional ids. */
  readonly own: string
  /** Of named streams. */
  readonly streams: string
}

/**
 * What a topic is called in Kafka: a named stream as it is, so that others find it; what the planner made stands behind the prefix, its
 * other characters as `_` and their code in hexadecimal digits. Different topics have different names.
 */
export function kafkaName(
  { internal, name }: Pick<TopicSpec, "internal" | "name">,
  prefixes: Prefixes
): string {
  return internal ? `${prefixes.own}${escaped(name)}`.slice(0, mostChars) : `${prefixes.streams}${name}`
}

export function escaped(name: string): string {
  let text = ""
  for (const char of name)
    text += legal.test(char) ? char : `_${(char.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}.`
  return text
}
