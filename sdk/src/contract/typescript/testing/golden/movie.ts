// Generated from studio.movies, version 1; edit by `millrace types`.
import { Avro, Contract, Schema } from "@millrace/sdk"

/** Of the catalogue. */
export const Genre = Avro.Enum("studio.Genre", ["COMEDY", "DRAMA", "OTHER"], {
  default: "OTHER",
  doc: "Of the catalogue."
})
export type Genre = typeof Genre.Type

/** Who plays in it. */
export const Actor = Schema.Struct({
  name: Schema.String.annotateKey({ "millrace.sensitive": true }),
  role: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Actor", description: "Who plays in it." })
export type Actor = typeof Actor.Type

/** A film. *\/ and not the end of this comment. */
export class Movie extends Contract<Movie>()({
  subject: "studio.movies",
  key: ["title", "released"],
  schema: Schema.Struct({
    title: Schema.NullOr(Schema.String).annotateKey({
      description: "As on the poster.",
      "avro.default": null
    }),
    released: Avro.Date,
    rating: Schema.NullOr(Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 10 }))).annotateKey({
      description: "Mean of all votes, 0 to 10; null until ten have voted.",
      "avro.aliases": ["score"],
      "avro.default": null,
      "millrace.source": "IMDB Rating"
    }),
    budget: Avro.Decimal({ precision: 12, scale: 2 }),
    genre: Genre,
    cast: Schema.Array(Actor),
    updatedAt: Avro.TimestampMillis
  }).annotate({ "avro.name": "studio.Movie", description: "A film. */ and not the end of this comment." })
}) {}
