import { assert, describe, it } from "vitest"
import { type Endpoint, errors, makeOpenApi, registryEndpoints } from "./index.ts"

const document = makeOpenApi(registryEndpoints, "1.0.0")

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null

/** Follows keys into plain data; undefined where it ends early. */
const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)

const references = (value: unknown): readonly string[] => {
  if (!isObject(value)) return []
  const own = typeof value["$ref"] === "string" ? [value["$ref"]] : []
  return [...own, ...Object.values(value).flatMap(references)]
}

describe("makeOpenApi", () => {
  it("has every endpoint under its path, with its parameters declared", () => {
    assert.equal(document["openapi"], "3.1.0")
    for (const endpoint of registryEndpoints) {
      const definition: Endpoint = endpoint
      const path = definition.path.replace(/:(\w+)/g, "{$1}")
      const operation = at(document, "paths", path, definition.method.toLowerCase())
      assert.equal(at(operation, "operationId"), definition.id)
      const parameters = at(operation, "parameters")
      const names = (Array.isArray(parameters) ? parameters : [])
        .filter((parameter) => at(parameter, "in") === "path")
        .map((parameter) => at(parameter, "name"))
      assert.sameMembers(
        names,
        [...definition.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "")
      )
      assert.isString(at(operation, "responses", String(definition.success.status), "description"))
      assert.equal(at(operation, "requestBody") === undefined, definition.body === undefined)
    }
  })

  it("describes every error that an endpoint names, under its status", () => {
    for (const endpoint of registryEndpoints)
      for (const code of endpoint.errors) {
        const path = endpoint.path.replace(/:(\w+)/g, "{$1}")
        const replies = at(document, "paths", path, endpoint.method.toLowerCase(), "responses")
        assert.include(at(replies, String(errors[code].status), "description"), code)
      }
  })

  it("has a target for every reference, and survives JSON", () => {
    const parsed: unknown = JSON.parse(JSON.stringify(document))
    assert.deepEqual(parsed, document)
    const found = references(parsed)
    assert.isAbove(found.length, registryEndpoints.length)
    for (const reference of found) {
      assert.match(reference, /^#\//)
      assert.isDefined(at(parsed, ...reference.slice(2).split("/")), reference)
    }
  })

  it("asks for a token wherever something is written", () => {
    for (const endpoint of registryEndpoints) {
      if (endpoint.method === "GET") continue
      const path = endpoint.path.replace(/:(\w+)/g, "{$1}")
      assert.deepEqual(at(document, "paths", path, endpoint.method.toLowerCase(), "security"), [
        { token: [] }
      ])
    }
  })

  it("refuses two endpoints with one id", () => {
    const [first] = registryEndpoints
    assert.throws(() => makeOpenApi([first, { ...first, path: "/elsewhere" }], "1.0.0"), /two endpoints/)
  })
})
