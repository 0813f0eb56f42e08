import { createHmac } from "node:crypto"
import type { Sign } from "./read-payload.ts"

type HmacSign = Extract<Sign, { readonly scheme: "hmac" }>

/** The headers of an HMAC (RFC 2104) over the body, or over the time in seconds, a dot and the body. */
export function hmacHeaders(
  sign: HmacSign,
  secret: string,
  body: Uint8Array | undefined,
  nowMs: number
): { readonly [name: string]: string } {
  const seconds = String(Math.floor(nowMs / 1000))
  const mac = createHmac(sign.algorithm, secret)
  if (sign.timestampHeader !== null) mac.update(`${seconds}.`)
  const signature = mac.update(body ?? new Uint8Array()).digest(sign.encoding)
  return {
    [sign.header]: sign.prefix + signature,
    ...(sign.timestampHeader === null ? {} : { [sign.timestampHeader]: seconds })
  }
}
