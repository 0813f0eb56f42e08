import { type ApiError, apiError, type PipelineStatus, type PlatformStatus } from "@millrace/sdk/api"
import { type SandboxProcess, SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { Plan, PlannedNode } from "../plan/index.ts"
import type { PhysicalPlan } from "../plan/physical.ts"
import { noCounts, totalsOf } from "../transport/counts.ts"
import { type Counts, Transport, TransportError } from "../transport/transport.ts"
import type { CommittedTask, Outage, TransportShape } from "../transport/transport.ts"
import { watchedLog } from "../transport/watched-log.ts"
import { countOpenLetters } from "../worker/dead-letter/letter-fates.ts"
import type { TaskFacts } from "../worker/task/task-facts.ts"
import { fromTransport, type TaskFailure } from "../worker/task/task-failure.ts"
import { recordsBehind } from "../worker/time/records-behind.ts"
import { missingSecrets, SecretNames } from "./missing-secrets.ts"
import { marksIn } from "./run-marks.ts"
import { type Run, RunningPipelines } from "./running-pipelines.ts"
import { taskRecords } from "./task-records.ts"
import { logFailed } from "./topics.ts"

/** What runs on this platform, whole. */
export const platformStatus = Effect.fn("platformStatus")(function* (
  platform: Omit<PlatformStatus, "pipelines" | "sandboxes">
) {
  const runs = yield* Effect.flatMap(RunningPipelines, (running) => running.all)
  const sandboxes = yield* Effect.flatMap(SandboxPool, (pool) => pool.processes)
  const secrets = yield* readableSecrets
  const pipelines = yield* Effect.forEach(runs, (run) => statusOf(run, { sandboxes, secrets }))
  const outage = yield* Effect.flatMap(Transport, outageOf)
  return {
    ...platform,
    ...(outage === undefined
      ? {}
      : { outage: { seconds: outage.silentMs / 1_000, message: outage.message } }),
    pipelines,
    sandboxes
  } satisfies PlatformStatus
})

/** What runs of one pipeline. */
export const pipelineStatus = Effect.fn("pipelineStatus")(function* (pipeline: string) {
  const run = yield* runOf(pipeline)
  const sandboxes = yield* Effect.flatMap(SandboxPool, (pool) => pool.processes)
  return yield* statusOf(run, { sandboxes, secrets: yield* readableSecrets })
})

const readableSecrets = Effect.flatMap(SecretNames, ({ readable }) => readable)

/** A pipeline in the worker's hands; fails with PIPELINE_UNKNOWN. */
export const runOf = Effect.fn("runOf")(function* (pipeline: string) {
  const runs = yield* Effect.flatMap(RunningPipelines, (running) => running.all)
  return (
    runs.find(({ stored }) => stored.pipeline === pipeline) ??
    (yield* apiError("PIPELINE_UNKNOWN", { pipeline }))
  )
})

interface Around {
  readonly sandboxes: readonly SandboxProcess[]
  readonly secrets: ReadonlySet<string>
}

const statusOf = Effect.fnUntraced(function* (
  run: Run,
  { sandboxes, secrets }: Around
): Effect.fn.Return<PipelineStatus, ApiError, Transport> {
  const transport = watchedLog(yield* Transport)
  const outage = yield* outageOf(transport)
  const { plan, running, stored } = run
  // Totals come from the log, so that they stand also for tasks that do not run now.
  const checkpoints = yield* transport
    .checkpoints(stored.pipeline)
    .pipe(orLastKnown<readonly CommittedTask[]>(transport, []))
  const totals = totalsOf(checkpoints.map(({ checkpoint }) => checkpoint))
  return {
    pipeline: stored.pipeline,
    owner: stored.owner,
    state: running === undefined ? "failed" : running.state(),
    revision: stored.revision,
    planHash: stored.planHash,
    nodes: plan.nodes.map((node) => nodeStatus(node, { plan, sandboxes, totals })),
    tasks: [
      ...(yield* Effect.forEach(running?.tasks() ?? [], (facts) =>
        taskStatus(facts, plan, transport, outage)
      )),
      ...startFailures(run)
    ],
    ...canaryOf(run),
    ...trialIn(run, checkpoints),
    missingSecrets: missingSecrets(plan, secrets),
    deadLetters: yield* countOpenLetters(
      transport,
      plan.physical.chains[0]?.deadLetterTopic ?? "",
      checkpoints
    ).pipe(orLastKnown(transport, 0))
  }
})

/** Why the log does not answer; undefined while it does. */
const outageOf = ({ remote }: TransportShape): Effect.Effect<Outage | undefined> =>
  remote?.outage ?? Effect.undefined

/** Of a remote log nothing may be known yet that could be shown; one in this process that fails is broken. */
const orLastKnown =
  <A>({ remote }: TransportShape, known: A) =>
  (asked: Effect.Effect<A, TransportError>): Effect.Effect<A, ApiError> =>
    remote === undefined ? Effect.mapError(asked, logFailed) : Effect.orElseSucceed(asked, () => known)

/** Which bundle which partitions run, where a revision is tried on some of them. */
const canaryOf = ({ plan, running }: Run): Pick<PipelineStatus, "canary"> => {
  const canary = running?.canary
  if (canary === undefined) return {}
  const nodes = Object.entries(canary.partitions).flatMap(([chain, partitions]) => {
    const besideDigests = digestsOf(canary.beside, chain)
    const count = Number(canary.beside.chains.find(({ head }) => head === chain)?.partitions ?? 0)
    const besidePartitions = Array.from({ length: count }, (_, each) => each).filter(
      (partition) => !partitions.includes(partition)
    )
    return [...digestsOf(plan.physical, chain)].map(([node, digest]) => ({
      node,
      chain,
      digest,
      partitions,
      besideDigest: besideDigests.get(node) ?? "",
      besidePartitions
    }))
  })
  return { canary: { beside: canary.revision, nodes } }
}

/** The mark of a trial outlives a kill; it means the revision that it names and no other. */
const trialIn = (
  { stored }: Run,
  checkpoints: Parameters<typeof marksIn>[0]
): Pick<PipelineStatus, "trial"> => {
  const { trial } = marksIn(checkpoints)
  return trial?.revision === stored.revision ? { trial: { before: trial.before } } : {}
}

const digestsOf = ({ chains }: PhysicalPlan, head: string): ReadonlyMap<string, string> =>
  new Map(
    chains
      .filter((chain) => chain.head === head)
      .flatMap(({ segments }) => segments.flatMap(({ nodes }) => nodes))
      .map(({ spec }) => [spec.node, spec.digest])
  )

const nodeStatus = (
  node: PlannedNode,
  around: {
    readonly plan: Plan
    readonly sandboxes: readonly SandboxProcess[]
    readonly totals: ReadonlyMap<string, Counts>
  }
): PipelineStatus["nodes"][number] => {
  const segment = around.plan.physical.chains
    .flatMap(({ segments }) => segments)
    .find(({ nodes }) => nodes.some(({ spec }) => spec.node === node.name))
  const domain = segment?.domain ?? ""
  return {
    node: node.name,
    kind: node.kind,
    package: node.plugin.split("#")[0] ?? node.plugin,
    plugin: node.plugin,
    digest: node.digest,
    domain,
    pids: around.sandboxes
      .filter((each) => each.domain === domain && each.digests.includes(node.digest))
      .map(({ pid }) => pid),
    totals: around.totals.get(node.name) ?? noCounts
  }
}

const taskStatus = Effect.fnUntraced(function* (
  facts: TaskFacts,
  plan: Plan,
  transport: TransportShape,
  outage: Outage | undefined
) {
  const error = facts.error ?? (outage === undefined ? undefined : waitsFor(outage))
  const status: PipelineStatus["tasks"][number] = {
    chain: facts.task.node,
    partition: facts.task.partition,
    state: facts.state,
    sequence: facts.checkpoint?.sequence ?? 0,
    records: taskRecords(facts, plan),
    lagRecords: yield* lagOf(facts, plan, transport),
    ...(error === undefined ? {} : { error: errorOf(error) })
  }
  return status
})

/** What a task is about to say that has not given up its request yet. */
const waitsFor = ({ isRefused, message, silentMs }: Outage): TaskFailure =>
  fromTransport(
    new TransportError({
      reason: isRefused ? "unauthorized" : "unavailable",
      message: `Kafka has ${isRefused ? "not let us in" : "not answered"} for ${Math.round(silentMs / 1_000)} s: ${message}`
    })
  )

/** A task that waits has looked; one that works, or tries again, knows what was there when it began. */
const lagOf = Effect.fnUntraced(function* (
  { checkpoint, lagRecords, state, task }: TaskFacts,
  plan: Plan,
  transport: TransportShape
) {
  if (state === "waiting" || state === "completed") return lagRecords
  const chain = plan.physical.chains.find(({ head }) => head === task.node)
  return yield* recordsBehind(chain?.inputs ?? [], task.partition, checkpoint, transport).pipe(
    Effect.map((behind) => behind.reduce((sum, { records }) => sum + records, 0)),
    orLastKnown(transport, lagRecords)
  )
})

const errorOf = (error: NonNullable<TaskFacts["error"]>) => ({
  code: error.code,
  message: error.message,
  ...(error.node === undefined ? {} : { node: error.node })
})

/** Chains that could not be started have no tasks: each is told as one. */
const startFailures = ({ failure, running, plan }: Run): PipelineStatus["tasks"] => {
  const failed =
    failure === undefined
      ? (running?.chainErrors() ?? [])
      : plan.physical.chains.map(({ head }) => ({ chain: head, error: failure }))
  return failed.map(({ chain, error }) => ({
    chain,
    partition: 0,
    state: "failed",
    sequence: 0,
    records: 0,
    lagRecords: 0,
    error: errorOf(error)
  }))
}
