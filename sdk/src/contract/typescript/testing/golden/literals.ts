// Generated from demo.films, version 1; edit by `millrace types`.
import { Contract, Schema } from "@millrace/sdk"

export class Film extends Contract<Film>()({
  subject: "demo.films",
  schema: Schema.Struct({
    mpaa: Schema.Literals(["PG-13", "R"]),
    maybe: Schema.NullOr(Schema.Literals(["a b", "c"]))
  }).annotate({ "avro.name": "demo.Film" })
}) {}
