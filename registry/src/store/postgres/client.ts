import { checkServerIdentity, type PeerCertificate } from "node:tls"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import postgres from "postgres"
import type { Row, SqlValue } from "../database.ts"
import type { StoreError } from "../store-error.ts"
import { addressText, type PostgresAddress } from "./address.ts"
import { toPostgresError } from "./postgres-error.ts"

/** What one statement came to. */
export interface Reply {
  readonly rows: readonly Row[]
  /** The server's word for it: `SELECT`, `COMMIT`, or `ROLLBACK` for the commit of a transaction that had failed. */
  readonly command: string
  /** The server's process that ran it. Another than before: the connection broke between, and what it held is gone. */
  readonly session: number
}

/** A few connections to one database. */
export interface PostgresClient {
  /** Runs one statement with its values, `$1` the first. */
  readonly run: (sql: string, values?: readonly SqlValue[]) => Effect.Effect<Reply, StoreError>
  /** Runs statements that have no values, one after the other, as one. */
  readonly script: (sql: string) => Effect.Effect<void, StoreError>
}

export interface ClientOptions {
  readonly connections: number
  /** How long a statement may go without an answer before its connection is given up; default 45 s. */
  readonly patienceSeconds?: number
  /** What each session is set to, beside what all are. */
  readonly session: { readonly [setting: string]: string | number | boolean }
}

type Driver = ReturnType<typeof connect>

const connectSeconds = 5
/** Beyond what the server lets a statement take: then it is the way to the server that hangs. */
const usualPatienceSeconds = 45

const everySession = {
  application_name: "millrace",
  search_path: "millrace",
  // What was answered is on the server's disk, whatever its own default.
  synchronous_commit: "on",
  statement_timeout: 30_000,
  lock_timeout: 15_000,
  // INVARIANT: a process that was stopped in a transaction keeps others from writing no longer than this.
  idle_in_transaction_session_timeout: 5_000
}

const tlsOf = ({ authorities, host, tls }: PostgresAddress) => {
  if (tls === "disable") return false
  if (tls !== "verify-full") return tls
  return {
    rejectUnauthorized: true,
    ...(authorities === undefined ? {} : { ca: authorities }),
    // The driver gives an address no name to hold a certificate against; Node would take `localhost` then.
    checkServerIdentity: (_name: string, certificate: PeerCertificate) =>
      checkServerIdentity(host, certificate)
  }
}

const connect = (address: PostgresAddress, { connections, session }: ClientOptions) => {
  const { database, host, password, port, user } = address
  return postgres({
    ...(host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }),
    user,
    ...(password === undefined ? {} : { password: Redacted.value(password) }),
    database,
    ssl: tlsOf(address),
    max: connections,
    connection: { ...everySession, ...session },
    connect_timeout: connectSeconds,
    keep_alive: 10,
    // A connection's end of life must not fall into a transaction.
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => undefined,
    // All numbers of the store are safe integers; those of sums and counts come as bigint and numeric.
    types: {
      integer: { to: 20, from: [20, 1700], serialize: (value: number) => String(value), parse: Number }
    }
  })
}

/**
 * Connects to a database until the scope closes. Nothing is connected before the first statement, and again after a break: a driver
 * that lost a connection is thrown away whole, so that nothing that it still had in hand reaches the next session.
 */
export const makePostgresClient = (
  address: PostgresAddress,
  options: ClientOptions
): Effect.Effect<PostgresClient, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => ({ driver: connect(address, options) })),
      (held) => Effect.promise(() => end(held.driver, 5))
    ),
    (held): PostgresClient => {
      const { patienceSeconds = usualPatienceSeconds } = options
      const attempt = <A>(sql: string, work: (driver: Driver) => Promise<A>): Effect.Effect<A, StoreError> =>
        Effect.suspend(() => {
          const { driver } = held
          return Effect.tryPromise({
            try: () => work(driver),
            catch: (cause) => toPostgresError(sql.slice(0, 60), cause)
          }).pipe(
            Effect.timeoutOrElse({
              duration: `${patienceSeconds} seconds`,
              orElse: () => Effect.fail(hangs(sql, address, patienceSeconds))
            }),
            Effect.tapError(({ reason }) =>
              Effect.sync(() => {
                if (reason !== "unavailable" || held.driver !== driver) return
                held.driver = connect(address, options)
                void end(driver, 0)
              })
            )
          )
        })
      return {
        run: (sql, values = []) =>
          attempt(sql, async (driver) => {
            const result = await driver.unsafe<Row[]>(sql, [...values], { prepare: values.length > 0 })
            return { rows: [...result], command: result.command, session: result.state.pid }
          }),
        script: (sql) => attempt(sql, async (driver) => void (await driver.unsafe(sql)))
      }
    }
  )

const hangs = (sql: string, address: PostgresAddress, seconds: number): StoreError =>
  toPostgresError(
    sql.slice(0, 60),
    new Error(`${addressText(address)} gave no answer in ${seconds} s`),
    "unavailable"
  )

const end = (driver: Driver, seconds: number): Promise<void> =>
  driver.end({ timeout: seconds }).catch(() => undefined)
