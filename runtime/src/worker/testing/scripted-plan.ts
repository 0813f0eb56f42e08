import type { NodeSpec } from "@millrace/sandbox"
import type { ChainPlan, NodePlan, PhysicalPlan, SegmentPlan } from "../../plan/physical.ts"
import { textSchemaHash } from "./scripted-pool.ts"

const pipeline = "load"
export const deadLetterTopic = "load.dead-letters"
const errorBudget = { window: 10_000, minimum: 1_000, ratio: 0.01 }
const limits = { memoryMiB: 64, deadlineMs: 1_000, maxOutputBytes: 1_000_000, maxOutputRecordsPerInput: 10 }

export function nodePlan(
  node: string,
  plugin: string,
  kind: NodeSpec["kind"],
  state: NodeSpec["state"] = []
): NodePlan {
  return {
    spec: {
      node,
      plugin,
      kind,
      digest: "",
      bundle: "",
      configJson: "{}",
      expressions: {},
      schemas: {},
      views: kind === "source" ? {} : { input: "" },
      outputs: [{ name: "out", schemaHash: textSchemaHash }],
      state,
      tables: [],
      handles: [],
      onError: "dead-letter",
      maxRetries: 0
    },
    package: { path: "." },
    permissions: []
  }
}

function segment(...nodes: readonly NodePlan[]): SegmentPlan {
  return { domain: "test", nodes, limits }
}

function chain(
  plan: Pick<ChainPlan, "head" | "partitions" | "inputs" | "segments" | "outputs"> & Partial<ChainPlan>
): ChainPlan {
  return { tables: [], deadLetterTopic, errorBudget, ...plan }
}

/** source → (repartition) → pass → (repartition) → counter → sink, over 4 partitions. */
export function loadPlan(partitions = 4): PhysicalPlan {
  const count = nodePlan("count", "counter", "processor", [{ name: "n", kind: "value", codec: "" }])
  return {
    pipeline,
    hash: "0",
    topics: [
      { name: "load.raw", partitions, internal: true },
      { name: "load.passed", partitions, internal: true },
      { name: "counts", partitions, internal: false },
      { name: deadLetterTopic, partitions: 1, internal: false }
    ],
    schemas: ['"bytes"'],
    chains: [
      chain({
        head: "raw",
        partitions: "source",
        inputs: [],
        segments: [segment(nodePlan("raw", "source", "source"))],
        outputs: [{ output: "out", topic: "load.raw" }]
      }),
      chain({
        head: "pass",
        partitions,
        inputs: [{ topic: "load.raw", input: "input", producers: ["load/raw"] }],
        segments: [segment(nodePlan("pass", "pass", "processor"))],
        outputs: [{ output: "out", topic: "load.passed" }]
      }),
      chain({
        head: "count",
        partitions,
        inputs: [{ topic: "load.passed", input: "input", producers: ["load/pass"] }],
        segments: [segment(count)],
        outputs: [{ output: "out", topic: "counts" }]
      }),
      chain({
        head: "out",
        partitions,
        inputs: [{ topic: "counts", input: "input", producers: ["load/count"] }],
        segments: [segment(nodePlan("out", "sink", "sink"))],
        outputs: [],
        sink: { node: "out", transactional: true, maxRecords: 100, maxDelayMs: 5 }
      })
    ]
  }
}
