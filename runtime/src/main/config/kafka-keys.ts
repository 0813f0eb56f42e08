import * as Schema from "effect/Schema"

const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))

/** TLS beyond what Node trusts. */
const TlsKeys = Schema.Struct({
  ca: text("File (PEM) with the authorities to trust; those that Node trusts unless said otherwise"),
  certificate: text("File (PEM) with the platform's own certificate, where brokers ask for one"),
  key: text("File (PEM) with the certificate's key"),
  keyPassword: text("What the key is locked with; take it from the environment: ${NAME}"),
  serverName: text(
    "Name that the brokers' certificates are for, where it is not the host that they are reached by"
  )
})

/** Where tokens come from: an endpoint, a command or a file. */
const OauthKeys = Schema.Struct({
  tokenUrl: text("Endpoint that gives tokens for a client's credentials (RFC 6749, 4.4)"),
  clientId: text("The client's id, for the endpoint"),
  clientSecret: text("Its secret; take it from the environment: ${NAME}"),
  clientSecretFile: text("File with its secret, read anew for each token"),
  scope: text("Scopes to ask the endpoint for, with spaces between"),
  audience: text("Audience to ask the endpoint for, where it wants one"),
  command: Schema.optionalKey(
    Schema.Array(Schema.String)
      .check(Schema.isMinLength(1))
      .annotate({ description: "Program and arguments that print a token on standard output" })
  ),
  file: text("File with a token that somebody else renews, read anew for each connection"),
  extensions: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).annotate({
      description: "SASL extensions sent with the token (KIP-342), such as logicalCluster"
    })
  )
})
export type OauthKeys = typeof OauthKeys.Type
export type TlsKeys = typeof TlsKeys.Type

/** A schema registry in the place of the platform's own. */
const SchemaRegistryKeys = Schema.Struct({
  url: Schema.String.annotate({ description: "Where its API begins" }),
  user: text("User, where it asks for one"),
  password: text("The user's; take it from the environment: ${NAME}"),
  passwordFile: text("File with the user's password, in the place of password"),
  token: text("Token in the place of user and password; take it from the environment: ${NAME}"),
  tokenFile: text("File with the token")
})
export type SchemaRegistryKeys = typeof SchemaRegistryKeys.Type

/** `kafka:` of a platform's config. */
export const KafkaKeys = Schema.Struct({
  brokers: Schema.optionalKey(
    Schema.Union([Schema.String, Schema.Array(Schema.String)]).annotate({
      description: "HOST:PORT of some brokers; the others are learnt from them"
    })
  ),
  client: Schema.optionalKey(
    Schema.Literals(["kafkajs", "platformatic"]).annotate({
      description: "Library whose connections are used; kafkajs unless said otherwise"
    })
  ),
  prefix: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^[A-Za-z0-9._-]{1,60}$/u, { expected: "letters, digits, ., _ and -" })
    ).annotate({
      description:
        "Before the names of topics, groups and transactional ids that are not named streams; millrace. unless said otherwise"
    })
  ),
  replicas: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 32 })).annotate({
      description: "Copies of each partition; the cluster's default unless said otherwise"
    })
  ),
  weight: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })).annotate({
      description:
        "This process's part of the tasks, against that of the other workers: 1 to 1000; 1 unless said otherwise"
    })
  ),
  standby: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Whether this process keeps copies of the state of tasks that others do, to take them over sooner; false unless said otherwise"
    })
  ),
  schemaRegistry: Schema.optionalKey(
    SchemaRegistryKeys.annotate({
      description:
        "A registry with Confluent's API that named streams' schemas are registered in, and whose ids stand before their values; the platform's own unless said otherwise"
    })
  ),
  user: text("User, where brokers ask for one"),
  password: text("The user's; take it from the environment: ${NAME}"),
  passwordFile: text("File with the user's password, in the place of password"),
  mechanism: Schema.optionalKey(
    Schema.Literals(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]).annotate({
      description: "How the user is shown to be one; SCRAM-SHA-512 unless said otherwise"
    })
  ),
  oauth: Schema.optionalKey(
    OauthKeys.annotate({
      description:
        "Tokens in the place of user and password (SASL OAUTHBEARER): tokenUrl with clientId and a secret, command, or file"
    })
  ),
  tls: Schema.optionalKey(
    Schema.Union([Schema.Boolean, TlsKeys]).annotate({
      description: "Whether the brokers' listener speaks TLS, and with what; false unless said otherwise"
    })
  )
})
export type KafkaKeys = typeof KafkaKeys.Type
