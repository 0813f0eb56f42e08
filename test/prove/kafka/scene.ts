import { cpSync, mkdirSync, rmSync } from "node:fs"
import { basename, join } from "node:path"
import { command, root, until } from "../../input/program.ts"
import { choosePorts } from "../../kafka/ports.ts"
import { openCluster } from "../../kafka/running-cluster.ts"
import type { RunningCluster } from "../../kafka/running-cluster.ts"
import { untilInSync } from "./brokers.ts"
import { inputTopic, InputWriter, partitions } from "./input-writer.ts"
import { deadTopic, outputTopic, readContent } from "./read-content.ts"
import type { ReadContent } from "./read-content.ts"
import { Values } from "./schemas.ts"
import { readToEnd } from "./topic-reader.ts"
import { Watcher } from "./watcher.ts"
import { WorkerProcess } from "./worker-process.ts"

const pipelines = ["events", "proof"].map((name) => join(root, `test/prove/kafka/load/${name}.pipeline.yaml`))

export interface SceneOptions {
  /** Where the cluster and the processes keep their data; what lies there is gone on with. */
  readonly folder: string
  readonly seed: number
  readonly brokers: number
  /** Beside the platform. */
  readonly workers: number
  /** Preloaded modules and variables of all processes: a seeded bug. */
  readonly imports?: readonly string[]
  readonly variables?: { readonly [name: string]: string }
  readonly say?: (text: string) => void
}

/** A cluster, a platform and workers on it with the proof's pipelines, who writes the input and who watches the output. */
export class Scene {
  readonly cluster: RunningCluster
  /** The platform, and its workers. */
  readonly processes: readonly WorkerProcess[]
  readonly watcher = new Watcher()
  readonly deadWatcher = new Watcher()
  /** Events that are in the input. */
  written = 0
  readonly #options: SceneOptions
  readonly #values: Values
  readonly #writer: InputWriter

  private constructor(
    options: SceneOptions,
    cluster: RunningCluster,
    processes: readonly WorkerProcess[],
    values: Values,
    writer: InputWriter
  ) {
    this.#options = options
    this.cluster = cluster
    this.processes = processes
    this.#values = values
    this.#writer = writer
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const { brokers, folder, seed, workers } = options
    const say = options.say ?? (() => undefined)
    mkdirSync(folder, { recursive: true })
    const cluster = await openCluster({ brokers, folder: join(folder, "cluster") })
    const processes: WorkerProcess[] = []
    try {
      say(`${brokers} brokers are up`)
      const [free] = workers === 0 ? [] : await choosePorts(1, undefined, false)
      const port = free?.client ?? 0
      const platform = processOf("platform", platformArgs(cluster, port), options)
      processes.push(platform)
      await platform.start()
      await untilInSync(cluster)
      for (const file of pipelines) await apply(platform, file)
      for (let n = 1; n <= workers; n++) {
        const worker = workerOf(`worker-${n}`, platform, options)
        processes.push(worker)
        await worker.start()
      }
      const values = new Values(() => `${platform.url}/schema-registry`)
      const writer = await InputWriter.open(cluster.bootstrap, await values.latest(inputTopic), seed)
      const scene = new Scene(options, cluster, processes, values, writer)
      const watching = { brokers: cluster.bootstrap, group: `watcher-${process.pid}` }
      await scene.watcher.open({ ...watching, topic: outputTopic })
      await scene.deadWatcher.open({
        brokers: cluster.bootstrap,
        group: `letters-${process.pid}`,
        topic: deadTopic
      })
      say("the pipelines run")
      return scene
    } catch (error) {
      for (const each of processes) await each.kill()
      await cluster.close("hard")
      throw error
    }
  }

  /** Writes the events up to this number. */
  async write(to: number): Promise<void> {
    await this.#writer.write(this.written, to)
    this.written = to
  }

  /** Finds out what an earlier run had written. */
  async countWritten(): Promise<void> {
    let found = 0
    await readToEnd({
      brokers: this.cluster.bootstrap,
      topic: inputTopic,
      group: `count-${process.pid}`,
      partitions,
      take: ({ value }) => {
        if (value !== null) found += 1
      }
    })
    this.written = found
  }

  /**
   * A second platform with what the first keeps, but for its state: as an operator may start one on another machine, where the first
   * seems dead. The first must not run meanwhile.
   */
  async openRival(): Promise<WorkerProcess> {
    const { folder } = this.#options
    const data = join(folder, "rival")
    rmSync(data, { recursive: true, force: true })
    const isLeftOut = (path: string): boolean => ["kafka", "server.json"].includes(basename(path))
    cpSync(join(folder, "platform"), data, { recursive: true, filter: (path) => !isLeftOut(path) })
    const rival = processOf("rival", platformArgs(this.cluster, 0), this.#options)
    await rival.start()
    return rival
  }

  /** Waits until so many records and dead letters were seen; false where nothing more came for so many seconds. */
  async untilSeen(records: number, letters: number, patience: number): Promise<boolean> {
    let seen = -1
    let since = performance.now()
    return until(
      () => {
        const now = this.watcher.count + this.deadWatcher.count
        if (now !== seen) since = performance.now()
        seen = now
        if (this.watcher.count >= records && this.deadWatcher.count >= letters) return true
        return performance.now() - since > patience * 1_000 ? false : undefined
      },
      (outcome) => outcome !== undefined,
      86_400
    ).then((outcome) => outcome === true)
  }

  /** Ends all processes as an operator would, and reads what they left. */
  async finish(): Promise<{ readonly content: ReadContent; readonly faults: readonly string[] }> {
    await this.#values.learn()
    for (const each of this.processes.toReversed()) await each.stop()
    const content = await readContent({
      brokers: this.cluster.bootstrap,
      values: this.#values,
      name: `final-${process.pid}`
    })
    const faults = [
      ...this.watcher.compare(content.places),
      ...this.deadWatcher.faults,
      ...this.processes.flatMap((each) => each.faults)
    ]
    return { content, faults }
  }

  async close(): Promise<void> {
    for (const each of this.processes) if (each.isUp) await each.kill()
    await Promise.all([this.watcher.close(), this.deadWatcher.close(), this.#writer.close()])
    await this.cluster.close("hard")
  }
}

/** Workers find a platform that is started again where it was. */
const platformArgs = ({ bootstrap }: RunningCluster, port: number): readonly string[] => [
  "up",
  "--port",
  String(port),
  "--kafka",
  bootstrap.join(",")
]

const processOf = (
  name: string,
  args: readonly string[],
  { folder, imports, variables }: SceneOptions
): WorkerProcess =>
  new WorkerProcess(name, {
    args,
    data: join(folder, name),
    ...(imports === undefined ? {} : { imports }),
    ...(variables === undefined ? {} : { variables })
  })

const workerOf = (name: string, { token, url }: WorkerProcess, options: SceneOptions): WorkerProcess =>
  processOf(name, ["worker", "--url", url, "--folder", join(options.folder, name)], {
    ...options,
    variables: { ...options.variables, MILLRACE_TOKEN: token }
  })

const apply = async ({ token, url }: WorkerProcess, file: string): Promise<void> => {
  const { exit, stderr } = await command(["apply", file, "--grant", "--url", url], {
    env: { MILLRACE_TOKEN: token }
  })
  if (exit !== 0) throw new Error(stderr)
}
