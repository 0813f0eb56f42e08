import * as Effect from "effect/Effect"
import type { Piece } from "../../subject/subject-list.ts"
import { type ConfluentError, refusals } from "../reply/confluent-error.ts"

/** More than any list has. */
const unlimited = 2 ** 31 - 1

/** The query of a request: what it does not know it passes over, as Confluent's servers do. */
export class Query {
  private readonly values: URLSearchParams

  constructor(values: URLSearchParams) {
    this.values = values
  }

  text(name: string): string | undefined {
    return this.values.get(name) ?? undefined
  }

  texts(name: string): readonly string[] {
    return this.values.getAll(name)
  }

  /** True when it says so; anything else is false. */
  flag(name: string): boolean {
    return this.text(name)?.toLowerCase() === "true"
  }

  private whole(name: string, otherwise: number): Effect.Effect<number, ConfluentError> {
    const text = this.text(name) ?? ""
    if (text === "") return Effect.succeed(otherwise)
    return /^-?\d{1,10}$/.test(text)
      ? Effect.succeed(Number(text))
      : Effect.fail(
          refusals.badRequest(`The parameter ${name} is not a whole number: '${text.slice(0, 80)}'.`)
        )
  }

  /** `offset` and `limit`; a limit below zero is none, but for what the list may hold at most. */
  piece(most = unlimited): Effect.Effect<Piece, ConfluentError> {
    return Effect.all({ offset: this.whole("offset", 0), limit: this.whole("limit", -1) }).pipe(
      Effect.map(({ limit, offset }) => ({
        offset: Math.min(Math.max(0, offset), unlimited),
        limit: Math.min(limit < 0 ? unlimited : limit, most)
      }))
    )
  }
}

/** A piece of a list that is in memory. */
export const pieceOf = <A>(list: readonly A[], { limit, offset }: Piece): readonly A[] =>
  list.slice(offset, offset + limit)
