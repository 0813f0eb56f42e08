import * as Result from "effect/Result"
import { openPostgres } from "../../registry/src/store/postgres.ts"
import { parsePostgresAddress } from "../../registry/src/store/postgres/address.ts"

/** Opens the store at an address that is well formed. */
export const opened = (url: string) => openPostgres(Result.getOrThrow(parsePostgresAddress(url)))
