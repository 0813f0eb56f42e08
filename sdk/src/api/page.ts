import * as Schema from "effect/Schema"

const defaultLimit = 100
const maxLimit = 1000

/** Lists come in pages: `after` is the `next` of the page before. At most 1000 a page, 100 unless told. */
export const pageQuery = Schema.Struct({
  limit: Schema.optionalKey(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: maxLimit }))
  ),
  after: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(300)))
})
export type PageQuery = typeof pageQuery.Type

/** The number of entries asked for. */
export const limitOf = (page: PageQuery): number => page.limit ?? defaultLimit
