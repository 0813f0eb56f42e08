import { SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, up } from "../input/program.ts"
import { person } from "./registry-server.ts"

// The program itself, told to serve the schema registry at its root, as a client's base URL may want it.

const folder = temporaryFolder()
let platform: Platform

beforeAll(async () => {
  const config = join(folder.path, "up.yaml")
  writeFileSync(config, "schemaRegistryPath: /\n")
  platform = await up({ data: join(folder.path, "data"), flags: ["--config", config] })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

describe("a platform whose schemaRegistryPath is /", () => {
  it("serves clients of a schema registry at its own URL, and everything else as before", async () => {
    const password = readFileSync(join(folder.path, "data", "token"), "utf8").trim()
    const client = new SchemaRegistry({ host: platform.url, auth: { username: "x", password } })
    const { id } = await client.register({ type: SchemaType.AVRO, schema: JSON.stringify(person) })
    const bytes = await client.encode(id, { name: "Ida Lupino" })
    assert.equal(JSON.stringify(await client.decode(bytes)), '{"name":"Ida Lupino"}')
    assert.equal((await fetch(`${platform.url}/api/health`)).status, 200)
    assert.include(await (await fetch(`${platform.url}/api/subjects`)).text(), "studio.Person")
    assert.notInclude((await fetch(platform.url)).headers.get("content-type") ?? "", "schemaregistry")
  })
})
