import { readFileSync } from "node:fs"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

/** How the connection is encrypted, in libpq's words: `require` and `prefer` encrypt without asking who answers. */
export type TlsMode = "disable" | "prefer" | "require" | "verify-full"

/** Where a PostgreSQL database is, and who asks. */
export interface PostgresAddress {
  /** A name or an address; a folder, with `/` in front, where the server listens on a socket of this machine. */
  readonly host: string
  readonly port: number
  readonly user: string
  /** Undefined: none, or `PGPASSWORD`. */
  readonly password: Redacted.Redacted<string> | undefined
  readonly database: string
  readonly tls: TlsMode
  /** Certificates (PEM) of whom to trust; undefined: those of Node. */
  readonly authorities: string | undefined
}

const form = "postgres://USER:PASSWORD@HOST:PORT/DATABASE"
const tlsModes: readonly string[] = ["disable", "prefer", "require", "verify-full"] satisfies TlsMode[]
const isTlsMode = (text: string): text is TlsMode => tlsModes.includes(text)
const known: ReadonlySet<string> = new Set(["sslmode", "sslrootcert", "host"])

/**
 * Reads an address as libpq writes it, with `sslmode`, `sslrootcert` and `host` (a socket's folder). Fails with a text that
 * shows nothing of the address but its own words: it may have a password in it.
 */
export const parsePostgresAddress = (text: string): Result.Result<PostgresAddress, string> => {
  if (!URL.canParse(text)) return Result.fail(`it is no address of the form ${form}`)
  const url = new URL(text)
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:")
    return Result.fail(`it does not begin with postgres://, as ${form} does`)
  const unread = [...url.searchParams.keys()].find((name) => !known.has(name))
  if (unread !== undefined) return Result.fail("it has a parameter other than sslmode, sslrootcert and host")
  const parts = decoded(url)
  if (parts === undefined)
    return Result.fail("a percent sign in it is not followed by two hexadecimal digits")
  if (parts.user === "") return Result.fail(`it names no user, as ${form} does`)
  if (parts.database === "") return Result.fail(`it names no database, as ${form} does`)
  const host = url.searchParams.get("host") ?? parts.host
  if (host === "") return Result.fail(`it names no host, as ${form} does`)
  const tls = url.searchParams.get("sslmode") ?? "prefer"
  if (!isTlsMode(tls)) return Result.fail(`its sslmode is none of ${tlsModes.join(", ")}`)
  return Result.map(authoritiesOf(url), (authorities) => ({
    host,
    port: url.port === "" ? 5432 : Number(url.port),
    user: parts.user,
    password: parts.password === "" ? undefined : Redacted.make(parts.password),
    database: parts.database,
    tls,
    authorities
  }))
}

const decoded = (url: URL) => {
  try {
    return {
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
      host: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1")
    }
  } catch {
    return undefined
  }
}

const authoritiesOf = (url: URL): Result.Result<string | undefined, string> => {
  const file = url.searchParams.get("sslrootcert")
  if (file === null) return Result.succeed(undefined)
  try {
    return Result.succeed(readFileSync(file, "utf8"))
  } catch {
    return Result.fail("the file of its sslrootcert cannot be read")
  }
}

/** The address without its password, for people. */
export const addressText = ({ database, host, port, user }: PostgresAddress): string =>
  host.startsWith("/")
    ? `postgres://${user}@localhost/${database}?host=${host}`
    : `postgres://${user}@${host.includes(":") ? `[${host}]` : host}:${port}/${database}`
