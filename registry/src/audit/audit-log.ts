import { createHash } from "node:crypto"
import { AuditEntry, limitOf, type PageQuery } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { canonicalJson } from "../canonical-json.ts"
import { Database, decodedRow, decodedRows, execute, inTransaction } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"

/** What somebody did, before it has a place in the log. */
export interface AuditEvent {
  /** Name of the token that did it, or `system`. */
  readonly actor: string
  readonly action: string
  readonly target: string
  /** Never a secret: it is shown. */
  readonly detail?: { readonly [key: string]: unknown }
}

export interface AuditLogShape {
  /** Appends an entry. Called inside the transaction of the write that it tells of, so that there is never one without the other. */
  readonly append: (event: AuditEvent) => Effect.Effect<void, StoreError>
  /** Newest first. */
  readonly list: (page: PageQuery) => Effect.Effect<typeof AuditPage.Type, StoreError>
  /** Recomputes the chain. It shows a change or a removal in the midst; one at the very end shows against a head that was noted elsewhere. */
  readonly verify: Effect.Effect<Verification, StoreError>
}
const AuditPage = Schema.Struct({ entries: Schema.Array(AuditEntry), next: Schema.NullOr(Schema.String) })
interface Verification {
  readonly entries: number
  readonly head: string
  readonly brokenAt: number | null
}

export class AuditLog extends Context.Service<AuditLog, AuditLogShape>()("@millrace/registry/AuditLog") {
  static readonly layer = Layer.effect(
    AuditLog,
    Effect.gen(function* () {
      const inStore = Effect.provideService(Database, yield* Database)
      return AuditLog.of({
        append: (event) => inStore(append(event)),
        list: (page) => inStore(list(page)),
        verify: inStore(verify)
      })
    })
  )
}

const AuditRow = Schema.Struct({
  ...AuditEntry.fields,
  detail: Schema.fromJsonString(AuditEntry.fields.detail)
})
type Link = Omit<typeof AuditRow.Type, "hash">

const columns = "sequence, at, actor, action, target, detail, hash"
/** Hash before the first entry. */
const origin = "0".repeat(64)

const hashOf = (previous: string, { sequence, at, actor, action, target, detail }: Link): string =>
  createHash("sha256")
    .update(canonicalJson([previous, sequence, at, actor, action, target, detail]))
    .digest("hex")

const append = Effect.fnUntraced(function* (event: AuditEvent) {
  const at = yield* Clock.currentTimeMillis
  yield* inTransaction(
    Effect.gen(function* () {
      const last = yield* decodedRow(AuditRow, `SELECT ${columns} FROM audit ORDER BY sequence DESC LIMIT 1`)
      const { actor, action, target, detail = {} } = event
      const link = { sequence: (last?.sequence ?? 0) + 1, at, actor, action, target, detail }
      yield* execute(`INSERT INTO audit (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`, [
        link.sequence,
        at,
        actor,
        action,
        target,
        canonicalJson(detail),
        hashOf(last?.hash ?? origin, link)
      ])
    })
  )
})

const list = Effect.fnUntraced(function* (page: PageQuery) {
  const limit = limitOf(page)
  const before = Number(page.after ?? Number.MAX_SAFE_INTEGER)
  const entries = yield* decodedRows(
    AuditRow,
    `SELECT ${columns} FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?`,
    [Number.isSafeInteger(before) ? before : 0, limit]
  )
  return { entries, next: entries.length < limit ? null : String(entries.at(-1)?.sequence ?? 0) }
})

const chunk = 1000

const verify = Effect.gen(function* () {
  let entries = 0
  let head = origin
  for (;;) {
    const links = yield* decodedRows(
      AuditRow,
      `SELECT ${columns} FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?`,
      [entries, chunk]
    )
    for (const link of links) {
      if (link.sequence !== entries + 1 || link.hash !== hashOf(head, link))
        return { entries, head, brokenAt: entries + 1 }
      entries = link.sequence
      head = link.hash
    }
    if (links.length < chunk) return { entries, head, brokenAt: null }
  }
})
