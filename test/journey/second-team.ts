/** What somebody else writes, who knows the plugin's name alone: the published package on orders of their own. */
export const secondPipeline = (plugin: string): string => `pipeline: visits
owner: another-team
nodes:
  orders:
    source: "@millrace/files@^1"
    with:
      path: orders.ndjson
      format: ndjson
      record: shop.Order
      key: [id]
      fields:
        id: { type: string }
        customer: { type: string }
        amount: { type: double }
        currency: { type: string }
  rated:
    use: "${plugin}@^0.1.0"
    from: orders
    with: { minAmount: 1000 }
    stream: another-team.rated
`

export const secondOrders = `{"id":"x-1","customer":"barbara","amount":999,"currency":"EUR"}
{"id":"x-2","customer":"edsger","amount":1000,"currency":"EUR"}
`
