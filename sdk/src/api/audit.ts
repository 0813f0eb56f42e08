import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "./endpoint.ts"
import { pageQuery } from "./page.ts"

/** One write, or one refused attempt by a known token. Each entry's hash covers the one before. */
export const AuditEntry = Schema.Struct({
  sequence: Schema.Int,
  at: Schema.Int,
  actor: Schema.String,
  /** `package.publish`, `pipeline.apply`, `token.revoke`, `access.refused`, … */
  action: Schema.String,
  target: Schema.String,
  detail: Schema.Record(Schema.String, Schema.Unknown),
  hash: Schema.String
})
export type AuditEntry = typeof AuditEntry.Type

export const auditEndpoints = [
  defineEndpoint({
    id: "listAudit",
    method: "GET",
    path: "/api/audit",
    tag: "audit",
    summary: "List what was done, newest first",
    access: "admin",
    query: pageQuery,
    success: ok(
      json(Schema.Struct({ entries: Schema.Array(AuditEntry), next: Schema.NullOr(Schema.String) }))
    ),
    errors: []
  }),
  defineEndpoint({
    id: "verifyAudit",
    method: "GET",
    path: "/api/audit/verification",
    tag: "audit",
    summary: "Recompute the audit log's hash chain",
    access: "admin",
    success: ok(
      json(
        Schema.Struct({
          entries: Schema.Int,
          head: Schema.String,
          /** First entry whose hash is wrong; null when the chain holds. */
          brokenAt: Schema.NullOr(Schema.Int)
        })
      )
    ),
    errors: []
  })
] as const
