import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { afterAll, assert, describe, it } from "vitest"
import { readUpFile } from "../config/read-up-file.ts"
import type { KafkaSettings } from "./kafka-settings.ts"
import { kafkaSettings } from "./kafka-settings.ts"
import type { CommandError } from "../terminal/command-error.ts"

const folder = mkdtempSync(join(tmpdir(), "millrace-kafka-settings-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const written = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return name
}

/** What `kafka:` in a config file comes to. */
const read = (yaml: string) => {
  const file = readUpFile(`kafka: { brokers: "broker:9092", ${yaml} }`, { SECRET: "hush" })
  if (!("ok" in file)) throw new Error(JSON.stringify(file.problems))
  return kafkaSettings(Option.none(), file.ok.kafka, (path) => resolve(folder, path))
}
const settingsOf = (yaml: string): Promise<KafkaSettings | undefined> => Effect.runPromise(read(yaml))
const errorOf = (yaml: string): Promise<CommandError> => Effect.runPromise(Effect.flip(read(yaml)))

describe("how a platform is let into a Kafka cluster", () => {
  it("is by nothing where nothing is said", async () => {
    const settings = await settingsOf("client: kafkajs")
    assert.deepStrictEqual([settings?.sasl, settings?.tls], [undefined, undefined])
  })

  it("gives a process one part of the work and no copies of state, unless it says otherwise", async () => {
    const settings = await Promise.all([settingsOf("client: kafkajs"), settingsOf("weight: 1000")])
    assert.deepStrictEqual(
      settings.map((each) => each?.weight),
      [1, 1_000]
    )
    const standby = await Promise.all([settingsOf("client: kafkajs"), settingsOf("standby: true")])
    assert.deepStrictEqual(
      standby.map((each) => each?.standby),
      [false, true]
    )
    for (const weight of [0, 1_001, 1.5])
      assert.isFalse("ok" in readUpFile(`kafka: { brokers: "broker:9092", weight: ${weight} }`, {}))
  })

  it("is by a user with a password of the environment or of a file", async () => {
    const fromEnvironment = await settingsOf("user: ann, password: '${SECRET}'")
    assert.deepStrictEqual(fromEnvironment?.sasl, {
      mechanism: "SCRAM-SHA-512",
      user: "ann",
      password: "hush"
    })
    const fromFile = await settingsOf(
      `user: ann, mechanism: PLAIN, passwordFile: ${written("password", "s3cret\n")}`
    )
    assert.deepStrictEqual(fromFile?.sasl, { mechanism: "PLAIN", user: "ann", password: "s3cret" })
  })

  it("names a schema registry, and how it lets the platform in", async () => {
    const registryOf = async (keys: string) =>
      (await settingsOf(`schemaRegistry: { url: "https://registry.example/api/"${keys} }`))?.schemaRegistry
    const basic = `Basic ${Buffer.from("ann:hush").toString("base64")}`
    const url = "https://registry.example/api"
    assert.deepStrictEqual(await registryOf(""), { url, authorization: undefined })
    assert.deepStrictEqual(await registryOf(", user: ann, password: '${SECRET}'"), {
      url,
      authorization: basic
    })
    const token = `, tokenFile: ${written("registry-token", "t0ken\n")}`
    assert.deepStrictEqual(await registryOf(token), { url, authorization: "Bearer t0ken" })
    for (const keys of [", user: ann", ", password: x", ", user: ann, token: x", ", token: x, tokenFile: y"])
      assert.strictEqual(
        (await errorOf(`schemaRegistry: { url: "https://registry.example"${keys} }`)).code,
        "KAFKA_SETTINGS_INVALID",
        keys
      )
    for (const wrong of [
      "registry.example",
      "ftp://registry.example",
      "https://ann@registry.example",
      "https://:hush@registry.example",
      "https://registry.example/#api"
    ])
      assert.strictEqual(
        (await errorOf(`schemaRegistry: { url: "${wrong}" }`)).where,
        "kafka.schemaRegistry.url, in the config"
      )
  })

  it("is by tokens, which a file has", async () => {
    const { sasl } = (await settingsOf(
      `oauth: { file: ${written("token", "one\n")}, extensions: { logicalCluster: lkc-1 } }`
    )) ?? { sasl: undefined }
    if (sasl?.mechanism !== "OAUTHBEARER") throw new Error("it is another mechanism")
    assert.deepStrictEqual(sasl.extensions, { logicalCluster: "lkc-1" })
    assert.strictEqual(await sasl.token(), "one")
    written("token", "two\n")
    assert.strictEqual(await sasl.token(), "two", "whoever keeps the file fresh is followed")
  })

  it("trusts authorities of a file, and asks for another name than the host", async () => {
    const ca = written("ca.pem", "-----BEGIN CERTIFICATE-----\n")
    const error = await errorOf(`tls: { ca: ${ca}, serverName: kafka.example.com }`)
    assert.strictEqual(error.code, "KAFKA_SETTINGS_INVALID", "a certificate that is cut off is seen at once")
    assert.deepStrictEqual((await settingsOf("tls: { serverName: kafka.example.com }"))?.tls, {
      serverName: "kafka.example.com"
    })
    assert.deepStrictEqual((await settingsOf("tls: true"))?.tls, {})
    assert.isUndefined((await settingsOf("tls: false"))?.tls)
  })

  it.each([
    ["user: ann", "kafka.password", /ann has no password/],
    ["user: ann, password: a, passwordFile: b", "kafka.password", /two passwords/],
    ["password: a", "kafka.user", /no user/],
    ["mechanism: PLAIN", "kafka.user", /no user/],
    ["user: ann, password: a, oauth: { file: token }", "kafka.oauth", /beside a user/],
    ["oauth: {}", "kafka.oauth", /where tokens come from/],
    ["oauth: { file: token, command: [cat] }", "kafka.oauth", /several/],
    ["oauth: { tokenUrl: 'login.example.com' }", "kafka.oauth.tokenUrl", /no URL/],
    ["oauth: { tokenUrl: 'https://login.example.com', clientId: a }", "kafka.oauth", /without a client's/],
    ["tls: { certificate: a.pem }", "kafka.tls", /belong together/],
    ["tls: { ca: password }", "kafka.tls.ca", /no certificate/]
  ])("refuses `%s`, with the place and a remedy", async (yaml, where, message) => {
    written("password", "s3cret\n")
    const error = await errorOf(yaml)
    assert.strictEqual(error.code, "KAFKA_SETTINGS_INVALID")
    assert.strictEqual(error.where, `${where}, in the config`)
    assert.match(error.message, message)
    assert.isNotEmpty(error.remedy)
  })

  it("names a file that cannot be read", async () => {
    const error = await errorOf("tls: { ca: nowhere.pem }")
    assert.strictEqual(error.code, "KAFKA_FILE_UNREADABLE")
    assert.include(error.message, join(folder, "nowhere.pem"))
  })
})
