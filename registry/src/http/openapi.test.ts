import { controlEndpoints, type Endpoint, makeOpenApi, registryEndpoints } from "@millrace/sdk/api"
import { assert, describe, it } from "vitest"
import { makeTestRegistry } from "../testing/test-registry.ts"

const routesOf = (endpoints: readonly Endpoint[]): readonly string[] =>
  endpoints.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`)

describe("/api/openapi.json", () => {
  it("describes every endpoint that is mounted, and is open to all on this machine", async () => {
    await using registry = await makeTestRegistry()
    const reply = await registry.request("/api/openapi.json")
    assert.equal(reply.headers.get("content-type"), "application/json")
    const document: unknown = await reply.json()
    assert.deepEqual(document, makeOpenApi(registry.api.endpoints, "1.0.0"))
    assert.sameMembers([...routesOf(registry.api.endpoints)], [...routesOf(registryEndpoints)])
  })

  it("has room for registry and controller together: no route, id or schema name is there twice", () => {
    const document = makeOpenApi([...registryEndpoints, ...controlEndpoints], "1.0.0")
    const paths = document["paths"]
    assert.isTrue(typeof paths === "object" && paths !== null)
    const routes = Object.entries(Object(paths)).flatMap(([path, operations]) =>
      Object.keys(Object(operations)).map((method) => `${method.toUpperCase()} ${path}`)
    )
    assert.sameMembers(routes, [...routesOf([...registryEndpoints, ...controlEndpoints])])
  })
})
