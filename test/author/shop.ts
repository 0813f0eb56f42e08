/** A module of an author's: one plugin that holds to what it promises, and one that remembers outside of its state. */
export const shopModule = `import { Contract, defineProcessor, Schema } from "@millrace/sdk"

export class Order extends Contract<Order>()({
  subject: "shop.orders",
  key: "id",
  schema: Schema.Struct({ id: Schema.String, amount: Schema.Number })
}) {}

export class Sized extends Contract<Sized>()({
  subject: "shop.sized",
  key: "id",
  schema: Schema.Struct({ id: Schema.String, size: Schema.String })
}) {}

class Negative extends Schema.TaggedError<Negative>()("Negative", { message: Schema.String }) {}

export const sized = defineProcessor({
  name: "sized",
  input: Order,
  output: Sized,
  *process({ id, amount }) {
    if (amount < 0) return yield* new Negative({ message: id + " costs " + amount })
    return [{ id, size: amount < 100 ? "small" : "large" }]
  }
})

let seen = 0
export const forgetful = defineProcessor({
  name: "forgetful",
  reads: {},
  adds: { place: Schema.Number },
  map: () => ({ place: (seen += 1) })
})
`

/** Cases that pass. */
export const goodFixture = `# Sizes, as the shop has them.
plugin: sized
cases:
  - name: large from a hundred on
    input:
      - { id: a, amount: 99 }
      - { id: b, amount: 100 }
    expect:
      output:
        - { id: a, size: small }
        - { id: b, size: large }
  - name: what is negative is set aside
    input: [{ id: c, amount: -1 }]
    expect:
      output: []
      deadLetters: [{ tag: Negative, message: costs -1 }]
`

/** Cases of which each fails in a way of its own. */
export const failingFixture = `cases:
  # Wrong in one field, and one record too few.
  - name: sizes
    plugin: sized
    input:
      - { id: a, amount: 1 }
      - { id: b, amount: 2 }
      - { id: c, amount: -3 }
    expect:
      output:
        - { id: a, size: small } # this one stays
        - { id: b, size: tiny }
      counts: { in: 3, out: 1 }
  - name: places
    plugin: forgetful
    input: [{ id: a }, { id: b }]
    expect:
      output: [{ id: a, place: 1 }, { id: b, place: 2 }]
`

/** Wrong in three places. */
export const badFixture = `plugin: sized
cases:
  - name: no such key
    inputt: []
  - name: no such field
    input:
      - { id: a, amount: 1 }
      - { id: b, amount: much }
`
