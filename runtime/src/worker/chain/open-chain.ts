import type { HostRequest, Segment, SegmentSpec } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { ChainPlan, NodePlan, SegmentPlan } from "../../plan/physical.ts"
import type { KeyedNode, WantedStates } from "../../transport/transport.ts"
import { isKeyed } from "./keyed-node.ts"
import { hostRequests } from "../handlers/host-requests.ts"
import type { Inbox } from "../inbox/inbox.ts"
import { serveTake } from "../inbox/serve-take.ts"
import { TableReader } from "../input/table-reader.ts"
import { fromSegment, fromTransport, taskFailure } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"
import { Alignment } from "../time/alignment.ts"
import type { WorkerEnvironment } from "../worker-environment.ts"

/** A chain whose segments are loaded, shared by its tasks. */
export interface OpenChain {
  readonly pipeline: string
  readonly plan: ChainPlan
  readonly segments: readonly Segment[]
  readonly tables: readonly TableReader[]
  readonly keyed: KeyedNode | undefined
  readonly states: readonly { readonly index: number; readonly kind: "value" | "map" }[]
  readonly request: ReturnType<typeof hostRequests>
  /** Of a source's tasks in event time. */
  readonly alignment: Alignment
  /** Of a source that listens. */
  readonly inbox: Inbox | undefined
  /** The part of a segment from one node on, loaded at the first asking: where a replayed dead letter goes in. */
  readonly tail: (segment: number, node: number) => Effect.Effect<Segment, TaskFailure>
}

export const openChain = Effect.fnUntraced(function* (
  environment: WorkerEnvironment,
  pipeline: string,
  plan: ChainPlan,
  partitions: ReadonlyMap<string, number>
): Effect.fn.Return<OpenChain, TaskFailure, Scope.Scope> {
  const scope = yield* Effect.scope
  const nodes = plan.segments.flatMap((segment) => segment.nodes)
  const keyed = yield* openKeyed(environment, pipeline, nodes)
  const open = (spec: SegmentSpec) => Effect.mapError(environment.pool.open(spec), fromSegment)
  const segments = yield* Effect.forEach(chainSegments(pipeline, plan), open)
  const inbox = environment.inboxes?.find(pipeline, plan.head)
  const take = inbox && ((request: HostRequest) => serveTake(inbox, environment.transport, request))
  const tails = new Map<string, Segment>()
  return {
    pipeline,
    plan,
    segments,
    tables: plan.tables.map(
      (feed) => new TableReader(environment.transport, feed, partitions.get(feed.topic) ?? 1)
    ),
    keyed: keyed?.name,
    states: keyed?.states ?? [],
    request: hostRequests(pipeline, nodes, environment.services, take, environment.meters.calls),
    alignment: new Alignment(plan.watermark),
    inbox,
    tail: (index, node) =>
      Effect.gen(function* () {
        const segment = plan.segments[index]
        const whole = segments[index]
        if (segment === undefined || whole === undefined)
          return yield* Effect.fail(taskFailure("PLAN_INVALID", "the chain has no such segment"))
        if (node === 0) return whole
        const name = `${index}/${node}`
        const known = tails.get(name)
        if (known !== undefined) return known
        const opened = yield* Effect.provideService(
          open(segmentSpec(pipeline, plan, segment, index, node)),
          Scope.Scope,
          scope
        )
        tails.set(name, opened)
        return opened
      })
  }
})

/** The segments of a chain as its tasks will ask for them. */
export function chainSegments(pipeline: string, plan: ChainPlan): readonly SegmentSpec[] {
  return plan.segments.map((segment, index) => segmentSpec(pipeline, plan, segment, index, 0))
}

function segmentSpec(
  pipeline: string,
  plan: ChainPlan,
  segment: SegmentPlan,
  index: number,
  first: number
): SegmentSpec {
  return {
    id: `${pipeline}/${plan.head}/${index}${first === 0 ? "" : `/from-${first}`}`,
    domain: segment.domain,
    nodes: segment.nodes.slice(first).map(({ spec }) => spec),
    passes: (segment.passes ?? [])
      .filter((pass) => pass.first >= first)
      .map((pass) => ({ ...pass, first: pass.first - first })),
    limits: segment.limits
  }
}

/** Settles how the state of the chain's keyed node is kept, before any of its tasks is opened. */
const openKeyed = Effect.fnUntraced(function* (
  { transport }: WorkerEnvironment,
  pipeline: string,
  nodes: readonly NodePlan[]
): Effect.fn.Return<
  { readonly name: KeyedNode; readonly states: OpenChain["states"] } | undefined,
  TaskFailure
> {
  const keyed = nodes.filter(isKeyed)
  const [only] = keyed
  if (only === undefined) return undefined
  if (keyed.length > 1)
    return yield* Effect.fail(
      taskFailure("PLAN_INVALID", "a chain may have one keyed node", keyed[1]?.spec.node)
    )
  const { node, state } = only.spec
  const slots = yield* Effect.mapError(transport.openState(pipeline, node, wantedStates(only)), fromTransport)
  return {
    name: { node, slots },
    states: state.map(({ kind }, index) => ({ index, kind }))
  }
})

/** A node's states as the log is to keep them. */
export function wantedStates({ mapKeys = {}, spec, stateKey }: NodePlan): WantedStates {
  return {
    key: stateKey ?? spec.node,
    states: spec.state.map(({ kind, name, schemaHash }) => {
      const mapKey = Object.hasOwn(mapKeys, name) ? mapKeys[name] : undefined
      return { name, kind, schema: schemaHash, ...(mapKey === undefined ? {} : { mapKey }) }
    })
  }
}
