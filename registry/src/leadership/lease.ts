import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Row, SqlValue } from "../store/database.ts"
import type { PostgresStore } from "../store/postgres.ts"
import { toPostgresError } from "../store/postgres/postgres-error.ts"
import type { StoreError } from "../store/store-error.ts"

/** Who asks for the lease: a name that no other process has, and where it can be reached, once it can. */
export interface Holder {
  readonly id: string
  readonly url: string
}

/**
 * The lease on leading: one row, which each of these changes by one statement. All times are the database's, so that no two platforms
 * have to agree on the hour. A row rather than a session's advisory lock: a lock is held for as long as its connection seems open, which of
 * a machine that was stopped or cut off it does for minutes; it has no number to hold a late write against; and a pooler loses it.
 */
export interface Lease {
  /** Takes the lease if it is free or has run out; answers its epoch, one more than any before, or undefined. */
  readonly take: (holder: Holder) => Effect.Effect<number | undefined, StoreError>
  /** Has the lease run anew; false when somebody else has taken it. It may have run out: nobody missed it. */
  readonly renew: (holder: Holder, epoch: number) => Effect.Effect<boolean, StoreError>
  /** Gives it back, so that the next need not wait. */
  readonly release: (holder: Holder, epoch: number) => Effect.Effect<void, StoreError>
  /** Who has it, or had it last. */
  readonly look: Effect.Effect<typeof LeaseRow.Type, StoreError>
}

const LeaseRow = Schema.Struct({ epoch: Schema.Int, url: Schema.String, isHeld: Schema.Boolean })
const EpochRow = Schema.Struct({ epoch: Schema.Int })

const now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
/** A server that has just started lets its leader speak first: nobody could renew while it was away. */
const isServerUp = "pg_postmaster_start_time() + ? * interval '1 millisecond' < clock_timestamp()"

const take = `UPDATE leadership SET epoch = epoch + 1, holder = ?, url = ?, expires_at = ${now} + ?
  WHERE expires_at <= ${now} AND (holder = '' OR ${isServerUp}) RETURNING epoch`
const renew = `UPDATE leadership SET url = ?, expires_at = ${now} + ? WHERE epoch = ? AND holder = ? RETURNING epoch`
const release = "UPDATE leadership SET holder = '', expires_at = 0 WHERE epoch = ? AND holder = ?"
const look = `SELECT epoch, url, expires_at > ${now} AS "isHeld" FROM leadership`

/** The lease in a database, which runs for so many milliseconds once it is taken or renewed. */
export const makeLease = ({ decide }: PostgresStore, leaseMs: number): Lease => {
  const first = <S extends Schema.ConstraintDecoder<unknown>>(
    schema: S,
    sql: string,
    values: readonly SqlValue[]
  ) => Effect.flatMap(decide(sql, values), ([row]) => decoded(schema, row))
  return {
    take: ({ id, url }) =>
      Effect.map(first(EpochRow, take, [id, url, leaseMs, leaseMs]), (row) => row?.epoch),
    renew: ({ id, url }, epoch) =>
      Effect.map(first(EpochRow, renew, [url, leaseMs, epoch, id]), (row) => row !== undefined),
    release: ({ id }, epoch) => Effect.asVoid(decide(release, [epoch, id])),
    look: Effect.flatMap(first(LeaseRow, look, []), (row) =>
      row === undefined ? Effect.fail(noLease) : Effect.succeed(row)
    )
  }
}

const noLease = toPostgresError("look for the lease", new Error("its row is gone"), "corrupt")

const decoded = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  row: Row | undefined
): Effect.Effect<S["Type"] | undefined, StoreError, S["DecodingServices"]> =>
  row === undefined
    ? Effect.undefined
    : Effect.mapError(Schema.decodeUnknownEffect(schema)(row), (cause) =>
        toPostgresError("decode the lease", cause, "corrupt")
      )
