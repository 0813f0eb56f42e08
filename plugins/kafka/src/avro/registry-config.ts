import { fromConfig, http, type HttpMethod, Schema, secret } from "@millrace/sdk"

const SecretName = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9._-]{1,200}$/))

const Auth = Schema.Struct({
  secret: SecretName.annotate({
    description: "The secret that is the user's password; without a user, a bearer token"
  }),
  user: Schema.optionalKey(Schema.String.annotate({ description: "The user's name; default: none" }))
})

const Registry = Schema.Struct({
  url: Schema.String.annotate({ description: "Where the registry's API begins" }),
  auth: Schema.optionalKey(
    Auth.annotate({
      description: "The plugin never sees the secret. Default: the registry lets anybody in"
    })
  )
})

/** Where schemas are, in the config of source and sink. */
export const registryConfig = {
  registry: Schema.optionalKey(
    Registry.annotate({ description: "avro: a schema registry with Confluent's API" })
  )
}

/** Requests to the registry that the config names, of these methods alone. */
export const registryHttp = (methods: readonly HttpMethod[]) =>
  http(fromConfig("registry.url", { optional: true }), {
    auth: secret(fromConfig("registry.auth.secret", { optional: true }), {
      basic: fromConfig("registry.auth.user")
    }),
    methods
  })

interface Formats {
  readonly format: string
  readonly key?: unknown
  readonly registry?: unknown
}

/** Whether values, or keys, are Avro behind the id of a schema. */
export const needsRegistry = ({ format, key }: Formats): boolean =>
  format === "avro" || Object(key).format === "avro"

/** What is wrong with a config that names a registry without need, or needs one and names none. */
export const registryProblem = (
  config: Formats
): { readonly path: string; readonly message: string } | undefined => {
  if (needsRegistry(config) === (config.registry !== undefined)) return undefined
  const message =
    config.registry === undefined
      ? "the schemas of avro are in a registry: give registry.url"
      : "only avro asks a registry: leave it out, or say avro in format or key.format"
  return { path: "/registry", message }
}
