/**
 * A process that registers schemas under a subject of a registry's folder, prints each version once it is acknowledged, and kills
 * itself at the named moment of the registration whose number is given. Started by the kill tests of the schema registry.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { makeApi } from "../http/api.ts"
import { mountConfluent } from "../confluent/mount-confluent.ts"
import { Tokens } from "../auth/tokens.ts"
import { registryLayer } from "../registry-layer.ts"
import { Failpoint } from "../store/failpoint.ts"
import { sandboxManifestReader } from "./sandbox-manifest-reader.ts"

const [, , folder = "", moment = "", number = ""] = process.argv

let version = 0
const dies = (name: string) =>
  Effect.sync(() => {
    if (name === moment && version === Number(number)) process.kill(process.pid, "SIGKILL")
  })

const runtime = ManagedRuntime.make(registryLayer(folder).pipe(Layer.provide(sandboxManifestReader)))
const { token } = await runtime.runPromise(
  Tokens.use((tokens) => tokens.issue({ name: "test", scopes: ["schemas"] }, "system"))
)
const api = makeApi({ version: "1.0.0", report: () => undefined })
mountConfluent(api, {
  version: "1.0.0",
  runtime: {
    runPromiseExit: (effect) => runtime.runPromiseExit(Effect.provideService(effect, Failpoint, dies))
  }
})

for (version = 1; version <= Number(number); version++) {
  const reply = await api.app.request("/schema-registry/subjects/killed/versions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ schema: `{"type":"int","n":${version}}` })
  })
  process.stdout.write(`${reply.status} ${await reply.text()}\n`)
}
