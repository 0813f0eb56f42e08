import * as JsonSchema from "effect/JsonSchema"
import * as Schema from "effect/Schema"
import { ErrorBody } from "./api-error.ts"
import {
  type Codec,
  type Endpoint,
  integrityHeader,
  type ReplyPayload,
  type RequestPayload
} from "./endpoint.ts"
import { type ErrorCode, type ErrorDefinition, errors } from "./errors.ts"

type Json = JsonSchema.JsonSchema

/** Errors that any endpoint may give, by what it takes. */
const commonErrors = (endpoint: Endpoint): readonly ErrorCode[] => [
  ...((endpoint.params ?? endpoint.query ?? endpoint.body) ? (["REQUEST_INVALID"] as const) : []),
  ...(endpoint.body === undefined
    ? []
    : (["REQUEST_TOO_LARGE", "REQUEST_INCOMPLETE", "CONTENT_TYPE_UNSUPPORTED"] as const)),
  ...(endpoint.access === "open"
    ? []
    : (["UNAUTHENTICATED", "TOKEN_EXPIRED", "TOKEN_REVOKED", "TOKEN_FOREIGN"] as const)),
  ...(endpoint.access === "open" || endpoint.access === "read" ? [] : (["FORBIDDEN", "STORE_FULL"] as const)),
  "HOST_REFUSED",
  "ORIGIN_REFUSED",
  "STORE_FAILED",
  "NOT_LEADER",
  "INTERNAL"
]

/** Compiles schemas and gathers their named definitions under `components/schemas`. */
const makeComponents = () => {
  const schemas = new Map<string, Json>()
  const compile = (schema: Codec): Json => {
    const document = Schema.toJsonSchemaDocument(schema)
    const { definitions, schemas: compiled } = JsonSchema.toMultiDocumentOpenApi3_1({
      dialect: document.dialect,
      schemas: [document.schema],
      definitions: document.definitions
    })
    for (const [name, definition] of Object.entries(definitions)) {
      const known = schemas.get(name)
      // Two schemas under one name would describe one of them wrongly.
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition))
        throw new Error(`two schemas are called ${name}`)
      schemas.set(name, definition)
    }
    return compiled[0]
  }
  return { schemas, compile }
}
type Components = ReturnType<typeof makeComponents>

const parametersOf = (
  components: Components,
  codec: Codec | undefined,
  place: "path" | "query"
): readonly Json[] => {
  if (codec === undefined) return []
  const { properties, required } = components.compile(codec)
  const names: readonly unknown[] = Array.isArray(required) ? required : []
  return Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => ({
    name,
    in: place,
    required: place === "path" || names.includes(name),
    schema
  }))
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const contentOf = (components: Components, payload: RequestPayload | ReplyPayload): Json | undefined => {
  switch (payload.kind) {
    case "json":
      return { "application/json": { schema: components.compile(payload.schema) } }
    case "lines":
      return { "application/x-ndjson": { schema: components.compile(payload.schema) } }
    case "bytes":
      return {
        [payload.contentType]: {
          schema: { type: "string", contentEncoding: "binary", maxLength: payload.maxBytes }
        }
      }
    case "text":
      return { [payload.contentType]: { schema: { type: "string" } } }
    case "none":
      return undefined
  }
}

const errorReplies = (endpoint: Endpoint): ReadonlyMap<string, Json> => {
  const byStatus = new Map<string, string[]>()
  for (const code of new Set([...endpoint.errors, ...commonErrors(endpoint)])) {
    const row: ErrorDefinition = errors[code]
    byStatus.set(String(row.status), [...(byStatus.get(String(row.status)) ?? []), code])
  }
  return new Map(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(", "),
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } }
      }
    ])
  )
}

const operationOf = (components: Components, endpoint: Endpoint): Json => {
  const { payload, status } = endpoint.success
  const content = contentOf(components, payload)
  const parameters = [
    ...parametersOf(components, endpoint.params, "path"),
    ...parametersOf(components, endpoint.query, "query")
  ]
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(endpoint.body === undefined
      ? {}
      : { requestBody: { required: true, content: contentOf(components, endpoint.body) } }),
    responses: {
      [status]: {
        description: endpoint.summary,
        ...(content === undefined ? {} : { content }),
        ...(payload.kind === "bytes"
          ? { headers: { [integrityHeader]: { schema: { type: "string" } } } }
          : {})
      },
      ...Object.fromEntries(errorReplies(endpoint))
    },
    // An empty requirement beside the token: reads from the loopback address need none.
    ...(endpoint.access === "open"
      ? {}
      : { security: endpoint.access === "read" ? [{}, { token: [] }] : [{ token: [] }] })
  }
}

/**
 * The OpenAPI 3.1 document of some endpoints. Deterministic: the order is that of the endpoints.
 * Throws an `Error` when two endpoints share an id or a route, or two schemas a name: a fault of the definitions.
 */
export const makeOpenApi = (endpoints: readonly Endpoint[], version: string): Json => {
  const components = makeComponents()
  const paths = new Map<string, Map<string, Json>>()
  const ids = new Set<string>()
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, "{$1}")
    const operations = paths.get(path) ?? new Map<string, Json>()
    const method = endpoint.method.toLowerCase()
    if (operations.has(method) || ids.has(endpoint.id))
      throw new Error(`two endpoints are ${endpoint.id} ${path}`)
    ids.add(endpoint.id)
    paths.set(path, operations.set(method, operationOf(components, endpoint)))
  }
  const error = components.compile(ErrorBody)
  return {
    openapi: "3.1.0",
    info: { title: "Millrace", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    paths: Object.fromEntries([...paths].map(([path, operations]) => [path, Object.fromEntries(operations)])),
    components: {
      schemas: { ...Object.fromEntries(components.schemas), Error: error },
      securitySchemes: { token: { type: "http", scheme: "bearer" } }
    }
  }
}
