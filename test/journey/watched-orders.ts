/** Orders from a file that grows, through a plugin that nobody wrote charts or alerts for. An amount may be missing. */
export const growingPipeline = (plugin: string): string => `pipeline: growing
owner: acme
nodes:
  orders:
    source: "@millrace/files@^1"
    with:
      path: growing.ndjson
      format: ndjson
      follow: true
      record: shop.Order
      key: [id]
      fields:
        id: { type: string }
        customer: { type: string }
        amount: { type: double, nullable: true }
        currency: { type: string }
    stream: acme.growing
  rated:
    use: "${plugin}@^0.1.0"
    from: orders
    stream: acme.growing-rated
`

export const goodOrders = `{"id":"g-1","customer":"ada","amount":12.5,"currency":"EUR"}
{"id":"g-2","customer":"grace","amount":250,"currency":"USD"}
`

/** The plugin's contract asks for an amount. */
export const badOrder = `{"id":"g-3","customer":"linus","amount":null,"currency":"EUR"}
`
