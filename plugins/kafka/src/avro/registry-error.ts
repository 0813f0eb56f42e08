import { type HttpResponse, Schema } from "@millrace/sdk"

/**
 * What a schema registry answered in place of what it was asked for.
 *
 * | code | what happened |
 * |---|---|
 * | `REGISTRY_UNAVAILABLE` | transient: a status of 5xx, 408, 425 or 429 |
 * | `REGISTRY_NOT_AUTHORIZED` | 401 or 403: user or secret are others, or may not do this |
 * | `REGISTRY_INCOMPATIBLE` | 409: the subject's compatibility does not let the schema in |
 * | `REGISTRY_REFUSED` | any other refusal, in the registry's words |
 * | `REGISTRY_SUBJECT_MISSING` | there is no such subject, and the config does not say to register one |
 * | `REGISTRY_SCHEMA_MISFIT` | the stream's records cannot be written with the subject's latest schema |
 */
export type RegistryErrorCode =
  | "REGISTRY_UNAVAILABLE"
  | "REGISTRY_NOT_AUTHORIZED"
  | "REGISTRY_INCOMPATIBLE"
  | "REGISTRY_REFUSED"
  | "REGISTRY_SUBJECT_MISSING"
  | "REGISTRY_SCHEMA_MISFIT"

/** A schema registry did not do what it was asked for. `transient`: it is asked again. */
export class SchemaRegistryError extends Schema.TaggedError<SchemaRegistryError>()("SchemaRegistryError", {
  /** One of {@link RegistryErrorCode}. */
  code: Schema.String,
  message: Schema.String,
  transient: Schema.Boolean
}) {}

export const registryError = (code: RegistryErrorCode, message: string): SchemaRegistryError =>
  new SchemaRegistryError({
    code,
    message: `${code}: ${message}`,
    transient: code === "REGISTRY_UNAVAILABLE"
  })

/** What a reply that is no success means. `asked`: of what, in words. */
export const refusalIn = (asked: string, reply: HttpResponse): SchemaRegistryError =>
  registryError(
    codeOf(reply.status),
    `${asked}: the schema registry answered ${reply.status}, ${wordsOf(reply)}`
  )

const passing: ReadonlySet<number> = new Set([408, 425, 429])

const codeOf = (status: number): RegistryErrorCode => {
  if (status >= 500 || passing.has(status)) return "REGISTRY_UNAVAILABLE"
  if (status === 401 || status === 403) return "REGISTRY_NOT_AUTHORIZED"
  return status === 409 ? "REGISTRY_INCOMPATIBLE" : "REGISTRY_REFUSED"
}

/** Whether the registry itself says that it has no such thing; a 404 of anything else on the way is none. */
export const isMissing = (reply: HttpResponse, codes: readonly number[]): boolean =>
  reply.status === 404 && codes.includes(Number(Object(bodyOf(reply)).error_code))

const mostShown = 1_000

const wordsOf = (reply: HttpResponse): string => {
  const { message } = Object(bodyOf(reply))
  const words = (typeof message === "string" ? message : reply.text()).trim()
  return words === "" ? "without a word" : words.slice(0, mostShown)
}

const bodyOf = (reply: HttpResponse): unknown => {
  try {
    return reply.json()
  } catch {
    return undefined
  }
}
