import { type ApiError, apiError, Grant } from "@millrace/sdk/api"
import { Permission } from "@millrace/sdk/permission"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { AuditLog } from "../audit/audit-log.ts"
import { canonicalJson } from "../canonical-json.ts"
import { Database, decodedRow, decodedRows, execute, inTransaction } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"

/** A node that is to be allowed something. */
export interface GrantRequest {
  readonly pipeline: string
  readonly node: string
  /** Resolved: no templates left, so that the operator grants what will be touched. */
  readonly permission: Permission
  readonly actor: string
}

export interface GrantsShape {
  /** The grant in force for this, made when there is none. */
  readonly grant: (request: GrantRequest) => Effect.Effect<Grant, StoreError>
  /** All of them or, when one cannot be stored, none. */
  readonly grantAll: (requests: readonly GrantRequest[]) => Effect.Effect<readonly Grant[], StoreError>
  /** Grants of a pipeline in the order in which they were given; those taken back only when asked. */
  readonly list: (
    pipeline: string,
    options?: { readonly revoked: boolean }
  ) => Effect.Effect<readonly Grant[], StoreError>
  /** Whether a node may do exactly this, now. */
  readonly allows: (request: Omit<GrantRequest, "actor">) => Effect.Effect<boolean, StoreError>
  readonly revoke: (pipeline: string, id: number, actor: string) => Effect.Effect<void, ApiError | StoreError>
}

/** What operators allowed. Nothing is allowed that is not here. */
export class Grants extends Context.Service<Grants, GrantsShape>()("@millrace/registry/Grants") {
  static readonly layer = Layer.effect(
    Grants,
    Effect.gen(function* () {
      const context = Context.make(Database, yield* Database).pipe(Context.add(AuditLog, yield* AuditLog))
      const inStore = Effect.provideContext(context)
      return Grants.of({
        grant: (request) => inStore(grant(request)),
        grantAll: (requests) => inStore(inTransaction(Effect.forEach(requests, grant))),
        list: (pipeline, options) => inStore(list(pipeline, options?.revoked ?? false)),
        allows: (request) => inStore(Effect.map(inForce(request), (found) => found !== undefined)),
        revoke: (pipeline, id, actor) => inStore(revoke({ pipeline, id, actor }))
      })
    })
  )
}

const GrantRow = Schema.Struct({ ...Grant.fields, permission: Schema.fromJsonString(Permission) })

const columns = `id, pipeline, node, permission, granted_at AS "grantedAt", granted_by AS "grantedBy",
  revoked_at AS "revokedAt", revoked_by AS "revokedBy"`

const textOf = (permission: Permission): string => canonicalJson(Schema.encodeSync(Permission)(permission))

const inForce = ({ node, permission, pipeline }: Omit<GrantRequest, "actor">) =>
  decodedRow(
    GrantRow,
    `SELECT ${columns} FROM grants WHERE pipeline = ? AND node = ? AND permission = ? AND revoked_at IS NULL`,
    [pipeline, node, textOf(permission)]
  )

const grant = Effect.fnUntraced(function* (request: GrantRequest) {
  const { actor, node, permission, pipeline } = request
  const at = yield* Clock.currentTimeMillis
  return yield* inTransaction(
    Effect.gen(function* () {
      const known = yield* inForce(request)
      if (known !== undefined) return known
      yield* execute(
        "INSERT INTO grants (pipeline, node, permission, granted_at, granted_by) VALUES (?, ?, ?, ?, ?)",
        [pipeline, node, textOf(permission), at, actor]
      )
      yield* (yield* AuditLog).append({
        actor,
        action: "grant.give",
        target: `${pipeline}/${node}`,
        detail: { permission }
      })
      const made = yield* inForce(request)
      return made ?? (yield* Effect.die(new Error("the grant that was just written is gone")))
    })
  )
})

const list = (pipeline: string, revoked: boolean) =>
  decodedRows(
    GrantRow,
    `SELECT ${columns} FROM grants WHERE pipeline = ? ${revoked ? "" : "AND revoked_at IS NULL"} ORDER BY id`,
    [pipeline]
  )

const revoke = Effect.fnUntraced(function* (request: {
  readonly pipeline: string
  readonly id: number
  readonly actor: string
}) {
  const { actor, id, pipeline } = request
  const at = yield* Clock.currentTimeMillis
  yield* inTransaction(
    Effect.gen(function* () {
      const found = yield* decodedRow(
        GrantRow,
        `SELECT ${columns} FROM grants WHERE id = ? AND pipeline = ? AND revoked_at IS NULL`,
        [id, pipeline]
      )
      if (found === undefined) return yield* apiError("GRANT_UNKNOWN", { id })
      yield* execute("UPDATE grants SET revoked_at = ?, revoked_by = ? WHERE id = ?", [at, actor, id])
      yield* (yield* AuditLog).append({
        actor,
        action: "grant.revoke",
        target: `${pipeline}/${found.node}`,
        detail: { permission: found.permission }
      })
    })
  )
})
