import { type ApiError, apiError, type Codec, type Endpoint } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Context } from "hono"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** `body.scopes[0]` */
const pathText = (place: string, path: readonly unknown[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}.${String(key)}`),
    place
  )

const keyOf = (segment: unknown): unknown =>
  typeof segment === "object" && segment !== null && "key" in segment ? segment.key : segment

/** Decodes a part of a request; what the schema does not know is refused, with the place. */
export const decodeRequest = <S extends Codec>(
  schema: S,
  value: unknown,
  place: string
): Effect.Effect<S["Type"], ApiError> =>
  Schema.decodeUnknownEffect(schema)(value, { onExcessProperty: "error" }).pipe(
    Effect.mapError(({ issue }) => {
      const [first] = format(issue).issues
      const problem = first === undefined ? "it does not fit" : first.message
      return apiError("REQUEST_INVALID", { problem }, pathText(place, (first?.path ?? []).map(keyOf)))
    })
  )

const queryOf = Effect.fnUntraced(function* (context: Context): Effect.fn.Return<object, ApiError> {
  const given = Object.entries(context.req.queries())
  const twice = given.find(([, values]) => values.length > 1)
  if (twice !== undefined)
    return yield* apiError("REQUEST_INVALID", { problem: "it is given twice" }, `query.${twice[0]}`)
  return Object.fromEntries(given.map(([name, [value]]) => [name, value]))
})

/** Path parameters and query of a request, decoded. */
export const readParts = Effect.fnUntraced(function* (context: Context, endpoint: Endpoint) {
  const params =
    endpoint.params === undefined ? {} : yield* decodeRequest(endpoint.params, context.req.param(), "params")
  const query = yield* queryOf(context)
  return {
    params,
    query: endpoint.query === undefined ? {} : yield* decodeRequest(endpoint.query, query, "query")
  }
})
