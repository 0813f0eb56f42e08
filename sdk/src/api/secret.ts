import * as Schema from "effect/Schema"
import { created, defineEndpoint, json, noContent, ok } from "./endpoint.ts"

/** As plugins and pipelines name it: letters, digits, `_`, `.` and `-`, a letter or `_` first. */
export const SecretName = Schema.String.check(
  Schema.isPattern(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/u, {
    expected: "a secret's name: at most 128 letters, digits, _, . and -, a letter or _ first"
  })
)

/** A secret without its value, which no endpoint gives. */
export const SecretSummary = Schema.Struct({
  name: SecretName,
  createdAt: Schema.Int,
  createdBy: Schema.String,
  changedAt: Schema.Int,
  changedBy: Schema.String,
  /** False when the key that it was sealed with is not here. */
  readable: Schema.Boolean
})
export type SecretSummary = typeof SecretSummary.Type

/** How many secrets were sealed anew, and the name of the key. */
export const KeyRotation = Schema.Struct({ secrets: Schema.Int, key: Schema.String })
export type KeyRotation = typeof KeyRotation.Type

const params = Schema.Struct({ secret: SecretName })

export const secretEndpoints = [
  defineEndpoint({
    id: "listSecrets",
    method: "GET",
    path: "/api/secrets",
    tag: "secrets",
    summary: "List secrets, without their values",
    access: "secrets",
    success: ok(json(Schema.Struct({ secrets: Schema.Array(SecretSummary) }))),
    errors: []
  }),
  defineEndpoint({
    id: "setSecret",
    method: "PUT",
    path: "/api/secrets/:secret",
    tag: "secrets",
    summary: "Set a secret, or change its value; nobody but a worker is given it back",
    access: "secrets",
    resource: "secret",
    params,
    // Its length is checked by the service: what does not fit a schema may be shown.
    body: json(Schema.Struct({ value: Schema.String })),
    success: ok(json(SecretSummary)),
    errors: ["SECRET_INVALID"]
  }),
  defineEndpoint({
    id: "deleteSecret",
    method: "DELETE",
    path: "/api/secrets/:secret",
    tag: "secrets",
    summary: "Delete a secret; requests that need it fail from then on",
    access: "secrets",
    resource: "secret",
    params,
    success: noContent,
    errors: ["SECRET_UNKNOWN"]
  }),
  defineEndpoint({
    id: "rotateSecrets",
    method: "POST",
    path: "/api/secret-rotations",
    tag: "secrets",
    summary: "Seal all secrets anew under a new key",
    access: "secrets",
    success: created(json(KeyRotation)),
    errors: ["SECRET_KEY_GIVEN", "SECRET_UNREADABLE"]
  })
] as const
