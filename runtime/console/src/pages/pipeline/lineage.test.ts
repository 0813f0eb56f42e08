import type { GraphFeed, GraphNode, PipelineGraph } from "@millrace/sdk/api"
import { assert, describe, it } from "vitest"
import { lineageOf, nodesOn, placeText } from "./lineage.ts"

const feed = (node: string | null, stream: string | null = null): GraphFeed => ({
  node,
  output: node === null ? null : "output",
  stream
})

const field = (name: string) => ({ name, type: "string", sensitive: false })

/** A node by what feeds it, what it reads, and its output fields with what each is made of. */
const node = (
  name: string,
  feeds: readonly GraphFeed[],
  reads: readonly string[],
  made: { readonly [field: string]: readonly string[] }
): GraphNode => ({
  node: name,
  kind: "processor",
  plugin: "",
  digest: "",
  onError: "",
  config: {},
  chain: name,
  domain: "",
  bounded: false,
  inputs: [{ input: "input", feeds, keyBy: [], fields: reads.map(field) }],
  tables: name === "joined" ? [{ handle: "table", feed: feed("rates") }] : [],
  outputs: [
    {
      output: "output",
      stream: null,
      key: [],
      fields: Object.entries(made).map(([each, inputs]) => ({ ...field(each), inputs, origins: [] }))
    }
  ],
  state: [],
  stateKey: null,
  permissions: []
})

const graph: PipelineGraph = {
  pipeline: "shop",
  owner: null,
  revision: 1,
  hash: "",
  nodes: [
    node("orders", [feed(null, "shop.orders")], [], { id: ["input.id"], amount: ["input.amount"] }),
    node("rates", [], [], { rate: [] }),
    node("large", [feed("orders")], ["amount"], { id: ["input.id"], amount: ["input.amount"] }),
    node("joined", [feed("large")], [], { id: ["input.id"], euros: ["input.amount", "table.rate"] }),
    node("out", [feed("joined")], ["euros"], {})
  ],
  topics: [],
  chains: [],
  explanation: []
}

const texts = (of: string, name: string) => {
  const { down, readers, up } = lineageOf(graph, { node: of, output: "output", field: name })
  return { up: up.map(placeText).toSorted(), down: down.map(placeText).toSorted(), readers }
}

describe("the lineage of a field", () => {
  it("goes up through nodes, lookup tables and other pipelines' streams", () => {
    assert.deepStrictEqual(texts("joined", "euros").up, [
      "large.amount",
      "orders.amount",
      "rates.rate",
      "shop.orders.amount"
    ])
  })

  it("goes down to what is made of it, and to who reads it without putting it on", () => {
    assert.deepStrictEqual(texts("orders", "amount"), {
      up: ["shop.orders.amount"],
      down: ["joined.euros", "large.amount"],
      readers: ["large", "out"]
    })
  })

  it("leaves out what other fields pass through", () => {
    const place = { node: "rates", output: "output", field: "rate" }
    assert.sameMembers([...nodesOn(place, lineageOf(graph, place))], ["rates", "joined", "out"])
  })
})
