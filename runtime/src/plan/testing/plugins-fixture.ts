import { Contract, defineProcessor, defineSource, Expression, Schema, valueState } from "@millrace/sdk"

/** Plugins as an author writes them, bundled and run in the sandbox by the planner's tests. */

export class Film extends Contract<Film>()({
  subject: "studio.films",
  key: "id",
  schema: Schema.Struct({ id: Schema.String, director: Schema.String, rating: Schema.NullOr(Schema.Number) })
}) {}

export class DirectorCount extends Contract<DirectorCount>()({
  subject: "studio.director-counts",
  key: "director",
  schema: Schema.Struct({ director: Schema.String, films: Schema.Int })
}) {}

export const films = defineSource({
  name: "films",
  output: Film,
  bounded: true,
  config: Schema.Struct({ count: Schema.Int }),
  position: Schema.Struct({ next: Schema.Int }),
  read: (_position, { config }) => ({
    records: Array.from({ length: config.count }, (_, index) => ({
      value: { id: `f${index}`, director: `d${index % 3}`, rating: index === 0 ? null : index }
    })),
    position: { next: config.count },
    next: "end"
  })
})

export const where = defineProcessor({
  name: "where",
  reads: {},
  config: Schema.Struct({ where: Expression({ type: "boolean" }) }),
  filter: (row, { config }) => config.where(row) === true
})

export const project = defineProcessor({
  name: "project",
  config: Schema.Struct({ fields: Schema.Record(Schema.String, Expression()) }),
  derive: ({ config, inputs }) => ({
    reads: { input: [] },
    output: {
      type: "record",
      name: "Projected",
      fields: Object.entries(config.fields).map(([name, { schema }]) => ({ name, type: schema }))
    },
    lineage: Object.fromEntries(
      Object.entries(config.fields).map(([name, { fields }]) => [name, fields ?? []])
    ),
    key: inputs["input"]?.key.filter((name) => name in config.fields) ?? []
  }),
  map: (row, { config }) =>
    Object.fromEntries(Object.entries(config.fields).map(([name, value]) => [name, value(row)]))
})

export const perDirector = defineProcessor({
  name: "per-director",
  input: Film,
  output: DirectorCount,
  keyBy: ["director"],
  uses: { count: valueState(Schema.Int, { initial: 0 }) },
  process: (film, { count }) => {
    count.set(count.get() + 1)
    return [{ director: film.director, films: count.get() }]
  }
})
