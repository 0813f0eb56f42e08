import type { Permission } from "./permission.ts"

/** A permission in plain words, for whoever is asked to grant it: `read files below /data/movies.json`. */
export const describePermission = (permission: Permission): string => {
  switch (permission.kind) {
    case "read":
      return `read files below ${text(permission.path)}`
    case "write":
      return `write files below ${text(permission.path)}`
    case "net":
      return `connect to ${text(permission.host)}${permission.port === undefined ? "" : `:${permission.port}`}${methods(permission.methods)}`
    case "env":
      return `read the environment variable ${permission.name}`
    case "secret":
      return secretText(permission)
    case "topic":
      return `${permission.access} the topic ${text(permission.topic)}`
    case "kafka":
      return `${permission.access} the topic ${text(permission.topic)} of the Kafka cluster at ${text(permission.brokers)}`
    case "kafka-group":
      return `commit offsets of the group ${text(permission.group)} to the Kafka cluster at ${text(permission.brokers)}`
    case "listen":
      return `take in what is posted to its address${origins(permission.origins)}`
    case "clock":
      return "read the real clock"
    case "random":
      return "draw real random numbers"
  }
}

const methods = (given: readonly string[] | undefined): string =>
  given === undefined ? "" : ` by ${given.join(", ")}`

const origins = (given: readonly string[] | { readonly config: string } | undefined): string => {
  if (given === undefined) return ""
  return `, from pages of ${"config" in given ? text(given) : given.join(", ")} too`
}

const secretText = ({
  mode,
  name,
  destination,
  brokers
}: Extract<Permission, { readonly kind: "secret" }>): string => {
  if (mode === "reveal") return `SEE the secret ${text(name)}: its value is revealed to the plugin's code`
  if (brokers !== undefined)
    return `log in to the Kafka cluster at ${text(brokers)} with the secret ${text(name)}`
  const origin = destination === undefined ? "nowhere" : text(destination)
  return mode === "inject"
    ? `send the secret ${text(name)} to ${origin}`
    : `sign requests to ${origin} with the secret ${text(name)}`
}

const text = (template: string | { readonly config: string }): string =>
  typeof template === "string" ? template : `the config's ${template.config}`
