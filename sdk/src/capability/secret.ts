import type { Permission } from "../permission/permission.ts"
import type { Capability } from "./capability.ts"
import { type HostEffect, hostRequest } from "./host-request.ts"
import { type FromConfig, textFrom } from "./template.ts"

/** A secret that the worker puts into requests to one destination; the plugin never sees it. */
export interface Secret {
  readonly secret: string | FromConfig
  /** Sent in this header as it is; absent: `Authorization: Bearer …`. */
  readonly header?: string | FromConfig
  /** Before the value, where `header` is given. */
  readonly prefix?: string
  /** User name of `Authorization: Basic …`, the secret being the password. */
  readonly basic?: string | FromConfig
}

/** How a secret is sent. Give `header` or `basic`; neither: a bearer token. An optional one that the config leaves out counts as not given. */
export type SecretOptions =
  | { readonly header?: string | FromConfig; readonly prefix?: string; readonly basic?: never }
  | { readonly basic: string | FromConfig; readonly header?: never; readonly prefix?: never }

/**
 * The operator's secret of this name (`millrace secret set`), for `http`'s `auth`: sent as `Authorization: Bearer …`, or
 * `{ header: "x-api-key" }`, or `{ basic: "user" }`.
 */
export const secret = (name: string | FromConfig, options: SecretOptions = {}): Secret => ({
  secret: name,
  ...options
})

/** How the worker signs a request with a secret that the plugin never sees; made by {@link hmac} and {@link awsSigV4}. */
export type Signing = HmacSigning | AwsSigning

export interface HmacSigning {
  readonly scheme: "hmac"
  readonly secret: string | FromConfig
  /** Where the config says nothing: `x-signature-256`, or of the algorithm. */
  readonly header: string | FromConfig
  readonly algorithm: "sha256" | "sha512"
  readonly encoding: "hex" | "base64"
  readonly prefix: string
  /** Header of the time that is signed too (seconds since 1970); null: the body alone is signed. */
  readonly timestampHeader: string | FromConfig | null
}

export interface AwsSigning {
  readonly scheme: "aws-sig-v4"
  readonly secret: string | FromConfig
  readonly accessKeyId: string | FromConfig
  readonly region: string | FromConfig
  readonly service: string
}

export interface HmacOptions {
  /** Header that carries the signature: `x-hub-signature-256`. One that the config leaves out is `x-signature-256`, or of the algorithm. */
  readonly header: string | FromConfig
  /** Default `sha256`. */
  readonly algorithm?: "sha256" | "sha512"
  /** Default `hex`. */
  readonly encoding?: "hex" | "base64"
  /** Before the signature: `sha256=`. */
  readonly prefix?: string
  /** Sends the time (seconds since 1970) in this header, and signs `time.body` in place of the body. */
  readonly timestampHeader?: string | FromConfig
}

/** For `http`'s `sign`: an HMAC of the body (or of `time.body`) under the operator's secret, computed by the worker. */
export const hmac = (name: string | FromConfig, options: HmacOptions): HmacSigning => ({
  scheme: "hmac",
  secret: name,
  header: options.header,
  algorithm: options.algorithm ?? "sha256",
  encoding: options.encoding ?? "hex",
  prefix: options.prefix ?? "",
  timestampHeader: options.timestampHeader ?? null
})

/** For `http`'s `sign`: AWS Signature Version 4, the secret access key being the operator's secret of this name. */
export const awsSigV4 = (
  name: string | FromConfig,
  options: {
    readonly accessKeyId: string | FromConfig
    readonly region: string | FromConfig
    readonly service: string
  }
): AwsSigning => ({ scheme: "aws-sig-v4", secret: name, ...options })

/** A secret that the plugin sees. An operator who grants it trusts the plugin's code with the value. */
export interface RevealedSecret {
  /** Fails with `SECRET_MISSING` where the operator has not set it. */
  value(): HostEffect<string>
}

/**
 * The value of a secret, for protocols that `http` cannot speak. The plan warns of it; prefer `secret` and `hmac`, which
 * keep the value in the worker. Host request `reveal`, payload `{ secret }`; answers `{ value }`.
 */
export const revealSecret = (name: string | FromConfig): Capability<RevealedSecret> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: [{ kind: "secret", name, mode: "reveal" } satisfies Permission],
    make: (host, handle, config) => ({
      value: () =>
        hostRequest(host, {
          handle,
          operation: "reveal",
          payload: { secret: textFrom(name, config) ?? "" },
          answer: textIn("value")
        })
    })
  }
})

/** A variable of the worker's environment, by its exact name. */
export interface EnvironmentVariable {
  /** undefined where it is not set. */
  get(): HostEffect<string | undefined>
}

/** One variable of the worker's environment. Host request `env`, payload `{ name }`; answers `{ value }` or `{ value: null }`. */
export const env = (name: string): Capability<EnvironmentVariable> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: [{ kind: "env", name } satisfies Permission],
    make: (host, handle) => ({
      get: () =>
        hostRequest(host, {
          handle,
          operation: "env",
          payload: { name },
          answer: (result) => {
            const { value } = Object(result)
            return typeof value === "string" ? value : undefined
          }
        })
    })
  }
})

const textIn =
  (name: string) =>
  (result: unknown): string => {
    const value: unknown = Object(result)[name]
    if (typeof value !== "string") throw new Error(`the worker's answer has no text '${name}'`)
    return value
  }
