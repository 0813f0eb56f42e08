import { TokenFailure } from "../../../transport/kafka/client/wire.ts"

/** Whoever gives tokens refuses: asking again changes nothing. The words hold no secret. */
export const tokenRefused = (message: string): TokenFailure => new TokenFailure("refused", message)

/** Whoever gives tokens cannot be asked now. */
export const tokenUnavailable = (message: string): TokenFailure => new TokenFailure("unavailable", message)
