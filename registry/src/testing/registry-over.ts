import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { registryLayer } from "../registry-layer.ts"
import { openPostgres } from "../store/postgres.ts"
import { parsePostgresAddress } from "../store/postgres/address.ts"

/** A registry over a folder, or with its rows and archives in the PostgreSQL database at an address. */
export const registryOver = (folder: string, address?: string) =>
  Layer.unwrap(
    address === undefined
      ? Effect.succeed(registryLayer(folder))
      : Effect.map(openPostgres(Result.getOrThrow(parsePostgresAddress(address))), ({ database }) =>
          registryLayer(folder, { database })
        )
  )
