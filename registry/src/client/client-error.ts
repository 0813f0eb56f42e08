import * as Schema from "effect/Schema"

/**
 * The server could not be reached, or answered something that is not its API.
 * `reason`: `unreachable` no connection, worth another try · `interrupted` the reply ended early ·
 * `not-millrace` the reply is not one of this API · `integrity` the bytes are not those that their digest says.
 */
export class ClientError extends Schema.TaggedError<ClientError>()("ClientError", {
  reason: Schema.Literals(["unreachable", "interrupted", "not-millrace", "integrity"]),
  message: Schema.String,
  remedy: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

const remedies: { readonly [R in ClientError["reason"]]: string } = {
  unreachable: "Check the address, and that `millrace up` is running.",
  interrupted: "Repeat the request.",
  "not-millrace": "Check that the address is that of a Millrace server of a release near this one.",
  integrity: "Repeat the request; if it fails again, the archive was changed on the way or in the store."
}

export const clientError = (reason: ClientError["reason"], message: string, cause?: unknown): ClientError =>
  new ClientError({ reason, message, remedy: remedies[reason], ...(cause === undefined ? {} : { cause }) })
