import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { KafkaSetupError } from "./setup-error.ts"

export type SaslMechanism = "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512" | "OAUTHBEARER"

/** How clients are let in. Brokers talk among themselves on listeners of their own, plain and on the loopback. */
export interface Security {
  readonly sasl?: readonly SaslMechanism[]
  /** Passwords by user, for PLAIN and SCRAM. An unsecured OAUTHBEARER token names its user by itself. */
  readonly users?: { readonly [name: string]: string }
  /** `mutual`: clients show a certificate too. */
  readonly tls?: "server" | "mutual"
  /** ACLs are enforced: what no rule allows is refused. */
  readonly authorizer?: boolean
}

/** PEM texts; `key` and `certificate` are a client's own, signed by `authority`. */
export interface Certificates {
  readonly authority: string
  readonly key: string
  readonly certificate: string
}

export const isSecured = ({ sasl, tls }: Security): boolean => sasl !== undefined || tls !== undefined

export const protocolOf = ({ sasl, tls }: Security): string =>
  `${sasl === undefined ? "" : "SASL_"}${tls === undefined ? "PLAINTEXT" : "SSL"}`

const loginModule: { readonly [mechanism in SaslMechanism]: string } = {
  PLAIN: "org.apache.kafka.common.security.plain.PlainLoginModule",
  "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
  "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
  OAUTHBEARER: "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
}

/** Settings of the listener CLIENT, and of the authorizer. */
export const securitySettings = (
  security: Security,
  certificates: string | undefined
): { readonly [key: string]: string } => ({
  ...(security.sasl === undefined
    ? {}
    : {
        "listener.name.client.sasl.enabled.mechanisms": security.sasl.join(","),
        ...Object.fromEntries(
          security.sasl.map((mechanism) => [
            `listener.name.client.${mechanism.toLowerCase()}.sasl.jaas.config`,
            `${loginModule[mechanism]} required${jaasOptions(mechanism, security.users ?? {})};`
          ])
        )
      }),
  ...(security.tls === undefined || certificates === undefined
    ? {}
    : {
        "listener.name.client.ssl.keystore.type": "PEM",
        "listener.name.client.ssl.keystore.location": join(certificates, "broker.pem"),
        "listener.name.client.ssl.truststore.type": "PEM",
        "listener.name.client.ssl.truststore.location": join(certificates, "authority.pem"),
        "listener.name.client.ssl.client.auth": security.tls === "mutual" ? "required" : "none"
      }),
  ...(security.authorizer === true
    ? {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        // Who comes by the plain listeners: the brokers, and tests that set rules.
        "super.users": "User:ANONYMOUS"
      }
    : {})
})

const jaasOptions = (mechanism: SaslMechanism, users: { readonly [name: string]: string }): string => {
  if (mechanism === "PLAIN")
    return Object.entries(users)
      .map(([name, password]) => ` user_${name}="${password}"`)
      .join("")
  return mechanism === "OAUTHBEARER" ? ' unsecuredLoginStringClaim_sub="broker"' : ""
}

/** Arguments by which the storage tool makes the users of SCRAM, whose passwords are kept in the metadata log. */
export const scramArguments = ({ sasl = [], users = {} }: Security): readonly string[] =>
  sasl
    .filter((mechanism) => mechanism.startsWith("SCRAM"))
    .flatMap((mechanism) =>
      Object.entries(users).flatMap(([name, password]) => [
        "--add-scram",
        `${mechanism}=[name=${name},password=${password}]`
      ])
    )

const openssl = (folder: string, args: readonly string[]): void => {
  try {
    execFileSync("openssl", [...args], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] })
  } catch (cause) {
    throw new KafkaSetupError({
      message: `openssl could not make a certificate: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: "Install OpenSSL 1.1.1 or newer (Debian: apt-get install openssl)."
    })
  }
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

/** An authority of its own, and certificates for the brokers (localhost) and one client, valid for two days. */
export const makeCertificates = (folder: string): Certificates => {
  mkdirSync(folder, { recursive: true })
  const authority = [
    "-keyout",
    "authority.key",
    "-out",
    "authority.pem",
    "-subj",
    "/CN=Millrace test authority"
  ]
  openssl(folder, ["req", "-x509", "-days", "2", ...newKey, ...authority])
  writeFileSync(join(folder, "names.cnf"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
  for (const name of ["broker", "client"]) {
    const request = ["-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`]
    openssl(folder, ["req", ...newKey, ...request])
    const signed = ["-in", `${name}.csr`, "-out", `${name}.crt`, "-extfile", "names.cnf", "-days", "2"]
    const signer = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial"]
    openssl(folder, ["x509", "-req", ...signed, ...signer])
  }
  const text = (name: string): string => readFileSync(join(folder, name), "utf8")
  // Kafka wants key and certificates in one file.
  writeFileSync(join(folder, "broker.pem"), text("broker.key") + text("broker.crt") + text("authority.pem"))
  return { authority: text("authority.pem"), key: text("client.key"), certificate: text("client.crt") }
}
