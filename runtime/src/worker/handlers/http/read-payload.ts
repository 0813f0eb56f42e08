import type { HostRequestError } from "@millrace/sandbox"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { httpFailure } from "./http-failure.ts"

/** What a plugin asks for, checked for its form; the SDK's `HttpPayload` as anyone may have made it. */

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const
export type Method = (typeof methods)[number]

const maxText = 8_192
const Text = Schema.String.check(Schema.isMaxLength(maxText))
// RFC 9110 §5.1.
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/
const HeaderName = Schema.String.check(Schema.isPattern(headerName))
// RFC 9110 §5.5: visible characters, spaces, tabs, and bytes from 0x80.
const HeaderValue = Text.check(Schema.isPattern(/^[\t\x20-\x7e\x80-\xff]*$/))
const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const Sign = Schema.Union([
  Schema.Struct({
    scheme: Schema.Literal("hmac"),
    secret: Text,
    header: HeaderName,
    algorithm: Schema.Literals(["sha256", "sha512"]),
    encoding: Schema.Literals(["hex", "base64"]),
    prefix: HeaderValue,
    timestampHeader: Schema.NullOr(HeaderName)
  }),
  Schema.Struct({
    scheme: Schema.Literal("aws-sig-v4"),
    secret: Text,
    accessKeyId: HeaderValue.check(Schema.isPattern(/^[A-Za-z0-9]{1,128}$/)),
    region: Schema.String.check(Schema.isPattern(/^[a-z0-9-]{1,64}$/)),
    service: Schema.String.check(Schema.isPattern(/^[a-z0-9-]{1,64}$/))
  })
])
export type Sign = typeof Sign.Type

const Auth = Schema.Struct({
  secret: Text,
  header: HeaderName,
  prefix: HeaderValue,
  basicUser: Schema.NullOr(Text.check(Schema.isPattern(/^[^:\p{Cc}]*$/u)))
})
export type Auth = typeof Auth.Type

const Payload = Schema.Struct({
  method: Schema.Literals(methods),
  url: Text,
  headers: Schema.Record(Schema.String, HeaderValue),
  timeoutMs: whole(1, 60_000),
  maxBytes: whole(0, 4 * 1024 * 1024),
  retry: Schema.Struct({
    attempts: whole(1, 10),
    delayMs: whole(0, 60_000),
    statuses: Schema.Array(whole(100, 599)).check(Schema.isMaxLength(100))
  }),
  auth: Schema.NullOr(Auth),
  sign: Schema.NullOr(Sign)
})
export type Payload = typeof Payload.Type

const decode = Schema.decodeUnknownResult(Payload)

const maxHeaders = 100
const maxHeaderBytes = 24 * 1024
const maxBodyBytes = 4 * 1024 * 1024

/** Headers that say how a message is framed, or who speaks to whom: the driver's alone. */
const framing =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|via|http2-settings|proxy-.*)$/i

export function isFraming(header: string): boolean {
  return framing.test(header)
}

export function readPayload(
  given: unknown,
  bytes: Uint8Array | undefined
): Result.Result<Payload, HostRequestError> {
  const decoded = decode(given)
  if (Result.isFailure(decoded))
    return invalid("its method, a header or an option is not one that can be sent")
  const { auth, headers, sign } = decoded.success
  const entries = Object.entries(headers)
  // Not as the record's key in the schema: what does not fit such a key is passed over.
  if (!entries.every(([name]) => headerName.test(name))) return invalid("a header's name that cannot be sent")
  const size = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (entries.length > maxHeaders || size > maxHeaderBytes)
    return invalid("more than 100 headers, or 24 KiB of them")
  const secretHeaders = [auth?.header, sign?.scheme === "hmac" ? sign.header : undefined]
  const stamp = sign?.scheme === "hmac" ? sign.timestampHeader : null
  const named = [...Object.keys(headers), ...secretHeaders, stamp]
  const refused = named.find((name) => typeof name === "string" && isFraming(name))
  if (typeof refused === "string") return invalid(`the header '${refused}' is the worker's alone`)
  if ((bytes?.length ?? 0) > maxBodyBytes)
    return Result.fail(httpFailure("TOO_LARGE", "the request has more than 4 MiB"))
  return Result.succeed(decoded.success)
}

function invalid(message: string): Result.Result<never, HostRequestError> {
  return Result.fail(httpFailure("REQUEST_INVALID", message))
}
