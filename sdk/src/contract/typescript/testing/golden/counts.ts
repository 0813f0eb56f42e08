// Generated from movies-per-director, version 1; edit by `millrace types`.
import { Contract, Schema } from "@millrace/sdk"

export class MoviesPerDirector extends Contract<MoviesPerDirector>()({
  subject: "movies-per-director",
  key: "director",
  schema: Schema.Struct({
    director: Schema.String,
    movies: Schema.Int.annotateKey({
      description:
        "How many so far: a text that is long enough to be broken over several lines, since it does not fit into one."
    })
  })
}) {}
