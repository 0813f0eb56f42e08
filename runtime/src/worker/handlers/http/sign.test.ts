import { createHmac } from "node:crypto"
import { assert, describe, it } from "vitest"
import { awsHeaders } from "./sign-aws.ts"
import { hmacHeaders } from "./sign-hmac.ts"

const sign = {
  scheme: "aws-sig-v4",
  secret: "KEY",
  accessKeyId: "AKIDEXAMPLE",
  region: "us-east-1",
  service: "iam"
} as const
const exampleSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
const exampleTime = Date.UTC(2015, 7, 30, 12, 36, 0)

const signatureOf = (headers: { readonly [name: string]: string }): string | undefined =>
  headers["authorization"]?.split("Signature=")[1]

describe("AWS Signature Version 4", () => {
  it("signs as the worked example of the specification", () => {
    const url = new URL("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08")
    const headers = { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" }
    const made = awsHeaders(
      sign,
      exampleSecret,
      { method: "GET", url, headers, body: undefined },
      exampleTime
    )
    assert.strictEqual(made["x-amz-date"], "20150830T123600Z")
    assert.strictEqual(
      made["authorization"],
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )
  })

  it("signs as the official test suite does: no query, and one to be sorted", () => {
    const service = { ...sign, service: "service" } as const
    const of = (path: string) =>
      signatureOf(
        awsHeaders(
          service,
          exampleSecret,
          {
            method: "GET",
            url: new URL(`https://example.amazonaws.com${path}`),
            headers: {},
            body: undefined
          },
          exampleTime
        )
      )
    assert.strictEqual(of("/"), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    assert.strictEqual(
      of("/?Param2=value2&Param1=value1"),
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
    )
  })

  it("takes the body's hash into a request to S3", () => {
    const url = new URL("https://examplebucket.s3.amazonaws.com/test.txt")
    const made = awsHeaders(
      { ...sign, accessKeyId: "AKIAIOSFODNN7EXAMPLE", service: "s3" },
      "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      { method: "GET", url: new URL("?lifecycle", url.origin), headers: {}, body: undefined },
      Date.UTC(2013, 4, 24)
    )
    assert.strictEqual(signatureOf(made), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
  })
})

describe("an HMAC", () => {
  const hmac = {
    scheme: "hmac",
    secret: "KEY",
    header: "x-hub-signature-256",
    algorithm: "sha256",
    encoding: "hex",
    prefix: "sha256=",
    timestampHeader: null
  } as const

  it("is of the body, as GitHub's example of validating webhook deliveries", () => {
    const made = hmacHeaders(hmac, "It's a Secret to Everybody", Buffer.from("Hello, World!"), 0)
    assert.deepStrictEqual(made, {
      "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    })
  })

  it("is of time, dot and body where the time is sent", () => {
    const stamped = { ...hmac, timestampHeader: "x-time", algorithm: "sha512", encoding: "base64" } as const
    const made = hmacHeaders(stamped, "k", Buffer.from("body"), 1_700_000_000_999)
    assert.strictEqual(made["x-time"], "1700000000")
    const expected = createHmac("sha512", "k").update("1700000000.body").digest("base64")
    assert.strictEqual(made["x-hub-signature-256"], `sha256=${expected}`)
  })
})
