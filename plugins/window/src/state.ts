import { Avro, mapState, Schema, valueState } from "@millrace/sdk"

// What core/store.ts and core/slot.ts say, as it is stored. Numbers of records are Avro doubles, bigints longs.

const Cell = Schema.Union([
  Schema.Null,
  Schema.Boolean,
  Avro.Long,
  Schema.Number,
  Schema.String,
  Schema.Uint8Array
])

const Gathered = Schema.Struct({
  rows: Schema.Int,
  slots: Schema.Array(
    Schema.Struct({
      n: Schema.Int,
      partials: Schema.Array(Schema.Number),
      odd: Schema.Array(Schema.Int),
      whole: Schema.String,
      ranked: Schema.Array(
        Schema.Struct({ pane: Schema.Int, time: Schema.Int, by: Cell, row: Schema.Array(Cell) })
      ),
      values: Schema.Array(Schema.Struct({ text: Schema.String, n: Schema.Int }))
    })
  )
})

const Head = Schema.Struct({
  group: Schema.Array(Cell),
  kept: Schema.Int,
  live: Schema.Int,
  next: Schema.NullOr(Schema.Int),
  last: Schema.NullOr(Schema.Int),
  delayed: Schema.Array(Schema.Struct({ from: Schema.Int, pane: Schema.Int }))
})

const Pane = Schema.Struct({
  parts: Schema.Array(Schema.Struct({ from: Schema.Int, gathered: Gathered }))
})

const Session = Schema.Struct({
  end: Schema.Int,
  due: Schema.NullOr(Schema.Int),
  given: Schema.Boolean,
  gathered: Gathered
})

export const windowState = {
  head: valueState(Head),
  running: valueState(Gathered),
  panes: mapState(Schema.Int, Pane),
  sessions: mapState(Schema.Int, Session)
}
