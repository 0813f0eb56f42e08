import type { MetricDefinition } from "./definition.ts"

// Every metric of the platform's own. Names and units by https://prometheus.io/docs/practices/naming/. Counters of records are the
// durable totals of the log, so that they go on over restarts; the others begin at zero with the platform.

const node = ["pipeline", "node", "plugin"]
const task = ["pipeline", "chain", "partition"]
const chain = ["pipeline", "chain"]
const sandbox = ["domain", "pid"]

const counter = (
  name: string,
  unit: MetricDefinition["unit"],
  labels: readonly string[],
  help: string
): MetricDefinition => ({ name, type: "counter", unit, labels, help })

const gauge = (
  name: string,
  unit: MetricDefinition["unit"],
  labels: readonly string[],
  help: string
): MetricDefinition => ({ name, type: "gauge", unit, labels, help })

const histogram = (name: string, labels: readonly string[], help: string): MetricDefinition => ({
  name,
  type: "histogram",
  unit: "seconds",
  labels,
  help
})

export const metrics = {
  recordsIn: counter("millrace_records_in_total", "records", node, "Records that a node took"),
  recordsOut: counter("millrace_records_out_total", "records", node, "Records that a node gave"),
  filtered: counter(
    "millrace_records_filtered_total",
    "records",
    node,
    "Records that a node dropped on purpose"
  ),
  failed: counter(
    "millrace_records_failed_total",
    "records",
    node,
    "Records that failed at a node, whatever its error policy made of them"
  ),
  dead: counter("millrace_records_dead_total", "records", node, "Records that became dead letters at a node"),
  late: counter("millrace_records_late_total", "records", node, "Records that came after their watermark"),
  bytesIn: counter("millrace_node_bytes_in_total", "bytes", node, "Bytes of the batches that a node took"),
  bytesOut: counter("millrace_node_bytes_out_total", "bytes", node, "Bytes of the batches that a node gave"),
  cpu: counter(
    "millrace_node_cpu_seconds_total",
    "seconds",
    node,
    "CPU time that a node took in its sandbox process"
  ),
  hostCalls: counter(
    "millrace_node_host_calls_total",
    "count",
    [...node, "capability"],
    "Requests of a node to the worker: files, HTTP, tables"
  ),
  hostCallSeconds: counter(
    "millrace_node_host_call_seconds_total",
    "seconds",
    [...node, "capability"],
    "Time that the worker took over a node's requests"
  ),
  stateBytes: gauge(
    "millrace_node_state_bytes",
    "bytes",
    node,
    "Keys and values that a node keeps in its state, without what is not folded yet"
  ),
  stateEntries: gauge(
    "millrace_node_state_entries",
    "count",
    node,
    "Entries that a node keeps in its state, without what is not folded yet"
  ),
  nodeInfo: gauge(
    "millrace_node_info",
    "state",
    [...node, "package", "version", "kind", "owner", "domain", "chain"],
    "Always 1: what runs at a node, whose it is, and where"
  ),
  lagRecords: gauge(
    "millrace_task_lag_records",
    "records",
    task,
    "Records between the newest offset of a task's inputs and its committed one"
  ),
  lagSeconds: gauge(
    "millrace_task_lag_seconds",
    "seconds",
    task,
    "Age of the oldest record that a task has not committed; 0 when there is none"
  ),
  watermarkDelay: gauge(
    "millrace_task_watermark_delay_seconds",
    "seconds",
    task,
    "By how much a task's event time is behind the clock; only of tasks that have one"
  ),
  taskUp: gauge(
    "millrace_task_up",
    "state",
    task,
    "1 while a task runs, waits or has completed; 0 while it retries or after it failed"
  ),
  taskRetries: counter(
    "millrace_task_retries_total",
    "count",
    task,
    "Attempts of a task that ended by what passes with time"
  ),
  stuckSeconds: gauge(
    "millrace_task_stuck_seconds",
    "seconds",
    task,
    "Time for which a task that has records to do has committed nothing; 0 when it has none to do"
  ),
  failedAttempts: gauge(
    "millrace_task_failed_attempts",
    "count",
    task,
    "Attempts of a task in a row that failed, since it last committed"
  ),
  commits: counter("millrace_task_commits_total", "count", task, "Commits that a task made"),
  batchSeconds: histogram(
    "millrace_batch_duration_seconds",
    chain,
    "Time from when a batch was begun to when it was durable"
  ),
  endToEnd: histogram(
    "millrace_end_to_end_seconds",
    chain,
    "Time from when a source read a record to when what a chain made of it was durable, the oldest of each batch"
  ),
  pipelineUp: gauge(
    "millrace_pipeline_up",
    "state",
    ["pipeline", "owner"],
    "1 while a pipeline runs or has completed"
  ),
  pipelinePaused: gauge(
    "millrace_pipeline_paused",
    "state",
    ["pipeline", "owner"],
    "1 while a pipeline is paused, by a person or by its error budget"
  ),
  ledgerImbalance: gauge(
    "millrace_ledger_imbalance_records",
    "records",
    ["pipeline", "place"],
    "Records by which the ledger of a node or an edge does not balance; 0 when all is accounted for"
  ),
  topicRecords: counter(
    "millrace_topic_records_total",
    "records",
    ["topic"],
    "Records that were ever appended to a topic"
  ),
  transportSilent: gauge(
    "millrace_transport_silent_seconds",
    "seconds",
    [],
    "Time for which the Kafka cluster that has the topics has not answered; 0 while it does"
  ),
  workers: gauge(
    "millrace_workers",
    "count",
    [],
    "Workers beside the platform; only where the log is in Kafka"
  ),
  workersAdvised: gauge(
    "millrace_workers_advised",
    "count",
    [],
    "Workers beside the platform that the work needs, by its lag; absent while too little was seen"
  ),
  residentBytes: gauge(
    "millrace_sandbox_resident_bytes",
    "bytes",
    sandbox,
    "Resident memory of a sandbox process"
  ),
  memoryLimit: gauge(
    "millrace_sandbox_memory_limit_bytes",
    "bytes",
    sandbox,
    "Resident memory beyond which a sandbox process is killed"
  ),
  sandboxCpu: counter(
    "millrace_sandbox_cpu_seconds_total",
    "seconds",
    sandbox,
    "CPU time of a sandbox process"
  ),
  restarts: counter(
    "millrace_sandbox_restarts_total",
    "count",
    ["domain"],
    "Starts of a trust domain's sandbox processes after the first of each"
  ),
  refused: counter(
    "millrace_requests_refused_total",
    "count",
    ["pipeline", "node", "code"],
    "Requests of plugins that were refused, by code"
  ),
  ingested: counter(
    "millrace_ingest_events_total",
    "records",
    ["pipeline", "node", "status"],
    "Events that were posted, by what their senders were told"
  ),
  platformCpu: counter(
    "millrace_platform_cpu_seconds_total",
    "seconds",
    [],
    "CPU time of the platform's own process"
  ),
  platformResident: gauge(
    "millrace_platform_resident_bytes",
    "bytes",
    [],
    "Resident memory of the platform's own process, mapped pages of the log included"
  ),
  loopDelay: gauge(
    "millrace_platform_event_loop_delay_seconds",
    "seconds",
    [],
    "99th percentile of how late the platform's event loop was since the last measurement"
  ),
  diskFree: gauge(
    "millrace_disk_free_bytes",
    "bytes",
    [],
    "Space left on the file system of the data folder"
  ),
  diskSize: gauge("millrace_disk_size_bytes", "bytes", [], "Size of the file system of the data folder"),
  logBytes: gauge(
    "millrace_log_bytes",
    "bytes",
    [],
    "Size of the embedded log: its data file and its frame files"
  ),
  up: gauge("millrace_up", "state", ["version"], "Always 1: the platform, and its version")
} as const satisfies { readonly [name: string]: MetricDefinition }

export const allMetrics: readonly MetricDefinition[] = Object.values(metrics)
