import * as Schema from "effect/Schema"

const SecretName = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9._-]{1,200}$/))

const Auth = Schema.Struct({
  mechanism: Schema.optionalKey(
    Schema.Literals(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]).annotate({
      description: "How the brokers let somebody in; default: SCRAM-SHA-512"
    })
  ),
  user: Schema.String.annotate({ description: "The user's name" }),
  secret: SecretName.annotate({ description: "The secret that is the user's password" })
})

const Tls = Schema.Struct({
  authority: Schema.optionalKey(
    Schema.String.annotate({
      description: "PEM of who signed the brokers' certificates; default: whom Node trusts"
    })
  ),
  certificate: Schema.optionalKey(
    Schema.String.annotate({ description: "PEM of a certificate of our own, for brokers that ask for one" })
  ),
  key: Schema.optionalKey(
    SecretName.annotate({ description: "The secret that is the certificate's key, PEM" })
  )
})

/**
 * Where the topic is, which a plugin's config has under these names: the worker, which speaks to the brokers, reads them there,
 * so that no plugin has a say in it. Spread it into the config's struct.
 */
export const kafkaConfig = {
  brokers: Schema.Union([Schema.String, Schema.Array(Schema.String)]).annotate({
    description:
      "HOST:PORT of some brokers, with commas between or as a list; the others are learnt from them"
  }),
  topic: Schema.String.check(
    Schema.isPattern(/^[A-Za-z0-9._-]{1,249}$/, {
      expected: "a topic's name: letters, digits, dots, hyphens and underscores"
    })
  ).annotate({ description: "The topic's name; it has to be there" }),
  auth: Schema.optionalKey(
    Auth.annotate({
      description: "SASL; the plugin never sees the secret. Default: the brokers let anybody in"
    })
  ),
  tls: Schema.optionalKey(
    Schema.Union([Schema.Boolean, Tls]).annotate({
      description: "true, or an object: connections are encrypted; default: false"
    })
  )
}

/** {@link kafkaConfig} as a struct, for who reads a node's config. */
export const KafkaConfig = Schema.Struct(kafkaConfig)
export type KafkaConfig = typeof KafkaConfig.Type
