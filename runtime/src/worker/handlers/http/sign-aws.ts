import { createHash, createHmac } from "node:crypto"
import type { Sign } from "./read-payload.ts"

type AwsSign = Extract<Sign, { readonly scheme: "aws-sig-v4" }>

/** What is signed of a request. */
export interface AwsMessage {
  readonly method: string
  readonly url: URL
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array | undefined
}

/**
 * The headers of AWS Signature Version 4 ("Create a signed AWS API request", AWS IAM User Guide). Signed are host, date,
 * content type and every `x-amz-` header; S3's paths are encoded once, all others' twice.
 */
export function awsHeaders(
  sign: AwsSign,
  secret: string,
  message: AwsMessage,
  nowMs: number
): { readonly [name: string]: string } {
  const date = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "")
  const bodyHash = sha256(message.body ?? new Uint8Array())
  const isS3 = sign.service === "s3"
  const added = { "x-amz-date": date, ...(isS3 ? { "x-amz-content-sha256": bodyHash } : {}) }
  const signed = signedHeaders(message, added)
  const names = signed.map(([name]) => name).join(";")
  const canonical = [
    message.method,
    isS3 ? message.url.pathname : canonicalPath(message.url.pathname),
    canonicalQuery(message.url),
    ...signed.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    bodyHash
  ].join("\n")
  const scope = `${date.slice(0, 8)}/${sign.region}/${sign.service}/aws4_request`
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(Buffer.from(canonical))].join("\n")
  let key: string | Buffer = `AWS4${secret}`
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest()
  const signature = createHmac("sha256", key).update(text).digest("hex")
  const credential = `Credential=${sign.accessKeyId}/${scope}`
  return {
    ...added,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`
  }
}

function signedHeaders(
  { headers, url }: AwsMessage,
  added: { readonly [name: string]: string }
): readonly (readonly [name: string, value: string])[] {
  const own = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, " ")] as const)
    .filter(([name]) => !(name in added) && (name === "content-type" || name.startsWith("x-amz-")))
  return [...own, ...Object.entries(added), ["host", url.host] as const].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Each part of the path as it is sent, encoded once more. */
function canonicalPath(path: string): string {
  return path.split("/").map(encoded).join("/")
}

function canonicalQuery(url: URL): string {
  return url.search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=")
      return [encoded(decoded(name)), encoded(decoded(value.join("=")))] as const
    })
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&")
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 3986's unreserved characters stay. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex")
}
