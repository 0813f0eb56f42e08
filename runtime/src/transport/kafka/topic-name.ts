import { createHash } from "node:crypto"
import type { TopicSpec } from "../transport.ts"

/** What Kafka takes in a topic's name (`Topic.LEGAL_CHARS`), less the `_` that we escape by. */
const legal = /^[a-zA-Z0-9.-]$/
/** https://kafka.apache.org/documentation/#topicconfigs: names are files' names. */
export const mostChars = 249
const hashChars = 16

/** What stands before names in Kafka. */
export interface Prefixes {
  /** Of topics that the planner or the platform made, of groups and of transactional ids. */
  readonly own: string
  /** Of named streams. */
  readonly streams: string
}

/**
 * What a topic is called in Kafka: a named stream as it is, so that others find it; what the planner made stands behind the prefix
 * ({@link ownName}). Different topics have different names, as long as no named stream's begins with the prefix.
 */
export function kafkaName(
  { internal, name }: Pick<TopicSpec, "internal" | "name">,
  prefixes: Prefixes
): string {
  return internal ? ownName(name, "", prefixes) : `${prefixes.streams}${name}`
}

/**
 * The name of a topic of our own: characters that Kafka does not take stand as `_` and their code in hexadecimal digits; what would be
 * too long ends with a hash of it.
 */
export function ownName(name: string, suffix: string, { own }: Prefixes): string {
  const whole = `${own}${escaped(name)}${suffix}`
  if (whole.length <= mostChars) return whole
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, hashChars)
  return `${whole.slice(0, mostChars - hashChars - suffix.length - 1)}_${hash}${suffix}`
}

function escaped(name: string): string {
  let text = ""
  for (const char of name)
    text += legal.test(char) ? char : `_${(char.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}.`
  return text
}
