import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import type { CanaryStatus, PipelineStatus, PlatformStatus } from "@millrace/sdk/api"
import { connect } from "./connect.ts"
import { printJson, printLines, printTable } from "../terminal/print.ts"
import { paint, printable } from "../terminal/style.ts"
import { printMissingSecrets } from "./secret/print-missing-secrets.ts"

const pipeline = Argument.String("pipeline").pipe(
  Argument.optional,
  Argument.withDescription("Show the nodes and tasks of this pipeline alone")
)

/** `millrace status [PIPELINE]` */
export const statusCommand = Command.make("status", { pipeline }, (input) =>
  Effect.gen(function* () {
    const { client, json } = yield* connect
    if (Option.isSome(input.pipeline)) {
      const status = yield* client.pipelineStatus({ params: { pipeline: input.pipeline.value } })
      return yield* json ? printJson(status) : printPipeline(status)
    }
    const status = yield* client.platformStatus({})
    return yield* json ? printJson(status) : printPlatform(status)
  })
).pipe(
  Command.withDescription(
    "Show what runs: pipelines, nodes with their bundle's digest, tasks, sandbox processes"
  ),
  Command.withExamples([
    { command: "millrace status", description: "Everything" },
    { command: "millrace status movies --json", description: "One pipeline, for a program" }
  ])
)

const printPlatform = Effect.fn("printPlatform")(function* (status: PlatformStatus) {
  yield* printLines([`millrace ${status.version}, data in ${status.dataFolder}${durabilityText(status)}`, ""])
  const { outage } = status
  if (outage !== undefined)
    yield* printLines([
      `${paint("red", "Kafka does not answer")} for ${Math.round(outage.seconds)} s: ${printable(outage.message)}`,
      ""
    ])
  if (status.workers !== undefined) yield* printLines([workersText(status.workers), ""])
  yield* printTable(
    ["PIPELINE", "STATE", "REVISION", "NODES", "TASKS", "LAG", "DEAD"],
    status.pipelines.map((each) => [
      each.pipeline,
      each.state,
      String(each.revision),
      String(each.nodes.length),
      String(each.tasks.length),
      String(lag(each)),
      String(each.deadLetters)
    ]),
    "no pipelines yet: apply one with `millrace apply FILE`"
  )
  for (const each of status.pipelines) {
    yield* printLines([""])
    yield* printNodes(each)
  }
  yield* printLines([""])
  yield* printTable(
    ["SANDBOX", "PID", "RESTARTS", "MEMORY", "CPU", "GUARDS", "MISSING"],
    status.sandboxes.map((each) => [
      each.domain,
      String(each.pid),
      String(each.restarts),
      `${Math.round(each.residentBytes / 1_048_576)} MiB`,
      `${(each.cpuMicros / 1e6).toFixed(2)} s`,
      each.guards.join(" "),
      each.missingGuards.join(" ") || "none"
    ]),
    "no sandbox process runs"
  )
})

const workersText = ({ advised, now }: NonNullable<PlatformStatus["workers"]>): string => {
  const text = `${now} ${now === 1 ? "worker" : "workers"} beside the platform`
  return advised === undefined || advised === now ? text : `${text}, ${advised} advised`
}

const durabilityText = ({ durability }: PlatformStatus): string =>
  durability === "async" ? ", commits flushed behind (async)" : ""

const printPipeline = Effect.fn("printPipeline")(function* (status: PipelineStatus) {
  yield* printLines([
    `${printable(status.pipeline)}: ${status.state}, revision ${status.revision}, owner ${printable(status.owner)}, plan ${status.planHash.slice(0, 12)}`,
    ""
  ])
  yield* printNodes(status)
  yield* printLines([""])
  yield* printTable(
    ["TASK", "PARTITION", "STATE", "COMMITS", "LAG", "ERROR"],
    status.tasks.map((task) => [
      task.chain,
      String(task.partition),
      task.state,
      String(task.sequence),
      String(task.lagRecords),
      task.error === undefined ? "" : `${task.error.code}: ${task.error.message}`
    ]),
    "no tasks"
  )
  if (status.canary !== undefined) yield* printCanary(status.canary)
})

/** Which partitions run which bundle, while a revision is tried. */
const printCanary = Effect.fnUntraced(function* ({ beside, nodes }: CanaryStatus) {
  yield* printLines(["", paint("bold", `canary beside revision ${beside}`)])
  yield* printTable(
    ["NODE", "PARTITIONS", "DIGEST", "OTHERS", "DIGEST"],
    nodes.map((node) => [
      node.node,
      node.partitions.join(","),
      node.digest.slice(0, 19),
      node.besidePartitions.join(","),
      node.besideDigest.slice(0, 19)
    ]),
    "no nodes"
  )
})

const printNodes = (status: PipelineStatus) =>
  Effect.all([
    printLines([paint("bold", printable(status.pipeline))]),
    printTable(
      ["NODE", "KIND", "PACKAGE", "DIGEST", "PID", "IN", "OUT", "FILTERED", "DEAD"],
      status.nodes.map((node) => [
        node.node,
        node.kind,
        node.package,
        node.digest.slice(0, 19),
        node.pids.join(",") || "-",
        String(node.totals.in),
        String(node.totals.out),
        String(node.totals.filtered),
        String(node.totals.dead)
      ]),
      "no nodes"
    ),
    printMissingSecrets(status.missingSecrets)
  ])

const lag = (status: PipelineStatus): number => status.tasks.reduce((sum, task) => sum + task.lagRecords, 0)
