import { schemaHash, schemaText } from "@millrace/sdk/avro"
import {
  CodecError,
  generateKey,
  generateKeyOf,
  generateMapKey,
  generateValue,
  generateView,
  generateWriter
} from "@millrace/sdk/codec"
import { generateExpression } from "@millrace/sdk/expression"
import { nodeKind } from "@millrace/sdk/manifest"
import type { NodeSpec, OutputSpec, StateSpec, TableSpec } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { Finding } from "../../pipeline/index.ts"
import type { LogicalNode } from "../analysis/logical-node.ts"
import { stateKeyOf } from "../analysis/state-key.ts"
import type { NodePlan } from "../physical.ts"
import { ownKey } from "../topology/edges.ts"
import type { OutputTopic } from "../topology/topics.ts"
import { absolutePermissions } from "./permissions.ts"

/**
 * Makes each node's plan. A generator refuses what only it can see, such as a check or a default within a schema that
 * makes no sense: a fault of the plugin's contract.
 */
export const nodePlans = Effect.fnUntraced(function* (
  nodes: readonly LogicalNode[],
  topics: readonly OutputTopic[],
  baseFolder: string
) {
  const plans = new Map<string, NodePlan>()
  const findings: Finding[] = []
  for (const node of nodes) {
    const made = yield* Effect.result(
      Effect.try({ try: () => nodePlan(node, topics, baseFolder), catch: (error) => error })
    )
    if (made._tag === "Success") plans.set(node.name, made.success)
    else if (made.failure instanceof CodecError) findings.push(contractFault(node, made.failure))
    else return yield* Effect.die(made.failure)
  }
  return { plans, findings }
})

const contractFault = ({ name, plugin }: LogicalNode, error: CodecError): Finding => ({
  code: "SCHEMA_INVALID",
  message: `A schema of ${plugin.manifest.name} cannot be compiled: ${error.message}`,
  path: ["nodes", name],
  remedy: `Tell the author of ${plugin.label}.`
})

/** The node as the sandbox runs it: every schema and expression turned into code. */
const nodePlan = (node: LogicalNode, topics: readonly OutputTopic[], baseFolder: string): NodePlan => {
  const { plugin, resolved } = node
  const spec: NodeSpec = {
    node: node.name,
    plugin: plugin.manifest.name,
    kind: nodeKind(plugin.manifest),
    digest: plugin.digest,
    bundle: plugin.bundle,
    configJson: node.configJson,
    expressions: mapValues(resolved.expressions, generateExpression),
    views: mapValues(resolved.inputs, ({ view }) => generateView(view)),
    schemas: mapValues(resolved.inputs, ({ reader }) => schemaText(reader)),
    outputs: Object.keys(node.outputs).map((output) => outputSpec(node, output, topics)),
    state: stateSpecs(node),
    ...(plugin.manifest.timers ? { timers: true } : {}),
    tables: tableSpecs(node),
    handles: [...new Set(plugin.manifest.permissions.map(({ handle }) => handle))].toSorted(),
    onError: node.node.onError.policy,
    maxRetries: node.node.onError.retries
  }
  const permissions = absolutePermissions(resolved.permissions, baseFolder)
  return { spec, package: plugin.package, ...stateFacts(node), permissions }
}

const mapValues = <A, B>(
  values: { readonly [name: string]: A },
  convert: (value: A) => B
): { readonly [name: string]: B } =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]))

/** The one key that all topics of an output want, when it is not the output's own: the guest then makes it at once. */
export const soleKey = (
  node: string,
  output: string,
  topics: readonly OutputTopic[]
): readonly string[] | undefined => {
  const [only, ...others] = topics.filter(
    ({ producer }) => producer.node === node && producer.output === output
  )
  return only !== undefined && others.length === 0 && only.rekeyed ? only.key : undefined
}

const outputSpec = (node: LogicalNode, name: string, topics: readonly OutputTopic[]): OutputSpec => {
  const output = node.outputs[name]!
  const own = ownKey(output)
  const key = soleKey(node.name, name, topics) ?? (own.anew && own.fields.length > 0 ? own.fields : undefined)
  return {
    name,
    schemaHash: schemaHash(output.schema),
    ...(output.form === "writer" ? { writer: generateWriter(output.schema) } : {}),
    ...(key === undefined ? {} : { key: generateKey(output.schema, key) })
  }
}

const stateFacts = (node: LogicalNode): Pick<NodePlan, "mapKeys" | "stateKey"> => {
  const stateKey = stateKeyOf(node)
  if (stateKey === undefined) return {}
  const mapKeys = node.resolved.state.flatMap(({ name, mapKey }) =>
    mapKey === undefined ? [] : [[name, schemaText(mapKey)] as const]
  )
  return { stateKey, mapKeys: Object.fromEntries(mapKeys) }
}

const stateSpecs = ({ resolved }: LogicalNode): readonly StateSpec[] =>
  resolved.state.map(({ name, kind, schema, mapKey, ttlMs }) => ({
    name,
    kind,
    codec: generateValue(schema),
    schemaHash: schemaHash(schema),
    ...(mapKey === undefined ? {} : { mapKeyCodec: generateMapKey(mapKey) }),
    ...(ttlMs === undefined ? {} : { ttlMs })
  }))

const tableSpecs = ({ resolved }: LogicalNode): readonly TableSpec[] =>
  Object.entries(resolved.tables).map(([handle, table]) => ({
    handle,
    view: generateView(table.view),
    keyOf: generateKeyOf(table.keyTypes)
  }))
