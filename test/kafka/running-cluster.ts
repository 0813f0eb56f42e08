import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { configOf, formatStorage, logTail, startProcess, stopProcess } from "./broker-process.ts"
import type { BrokerFolder, BrokerProcess } from "./broker-process.ts"
import { openClusterFolder, sealClusterFolder } from "./cluster-folder.ts"
import type { ClusterFolder } from "./cluster-folder.ts"
import { fetchRelease } from "./fetch-release.ts"
import { choosePorts } from "./ports.ts"
import { knownBrokers } from "./probe.ts"
import type { Release } from "./releases.ts"
import { requirePrograms } from "./requirements.ts"
import { isSecured, makeCertificates, scramArguments } from "./security.ts"
import type { Certificates, Security } from "./security.ts"
import { serverProperties } from "./server-properties.ts"
import type { Ports } from "./server-properties.ts"
import { KafkaSetupError } from "./setup-error.ts"

export interface ClusterOptions {
  /** Default: `4`. */
  readonly version?: Release
  /** Default: 1. */
  readonly brokers?: number
  /** Settings of every broker, before ours. */
  readonly config?: { readonly [key: string]: string }
  readonly security?: Security
  /** Clients' port of the first broker, the others' follow; default: any that are free. */
  readonly port?: number
  /** Where the data lies, and stays; default: a temporary folder. */
  readonly folder?: string
  /** Told what goes on until the cluster is up. */
  readonly progress?: (what: string) => void
  /** Gives up what goes on until the cluster is up. */
  readonly signal?: AbortSignal
}

/** A cluster that is up. Brokers go by their ids, from 1. What is awaited has happened: a broker that was started answers. */
export interface RunningCluster {
  readonly version: Release
  /** Addresses for clients. */
  readonly bootstrap: readonly string[]
  /** Plain addresses whose users may do all, whatever the clients' listener asks for. */
  readonly inside: readonly string[]
  readonly certificates: Certificates | undefined
  readonly folder: string
  /** SIGKILL. */
  readonly kill: (id: number) => Promise<void>
  /** SIGTERM, by which leaders move away first. */
  readonly stop: (id: number) => Promise<void>
  readonly start: (id: number) => Promise<void>
  /** SIGSTOP: it keeps its connections, and answers nothing. */
  readonly pause: (id: number) => void
  readonly resume: (id: number) => void
  /** Rejects when a broker ends that nobody ended. */
  readonly failed: Promise<never>
  /** Ends all. `softly`: as an operator would; else they are killed. */
  readonly close: (how: "softly" | "hard") => Promise<void>
}

/** What a broker may take to come up, on a machine that does much else. */
const patience = Number(process.env["PATIENCE"] ?? 120) * 1_000

class Brokers {
  readonly running = new Map<number, BrokerProcess>()
  readonly failed: Promise<never>
  #refuse: (cause: KafkaSetupError) => void = () => undefined
  readonly #folders: readonly BrokerFolder[]
  readonly #ports: readonly Ports[]

  constructor(folders: readonly BrokerFolder[], ports: readonly Ports[]) {
    this.#folders = folders
    this.#ports = ports
    this.failed = new Promise((_done, refuse) => (this.#refuse = refuse))
    // It is nobody's business unless somebody waits for it.
    this.failed.catch(() => undefined)
  }

  begin(id: number): void {
    const broker = startProcess(this.#folder(id))
    this.running.set(id, broker)
    void broker.ended.then(() => {
      if (this.running.get(id) === broker) this.#refuse(this.#ended(id))
    })
  }

  /** Waits until it answers, and knows of as many brokers. */
  async ready(id: number, brokers: number, signal: AbortSignal | undefined): Promise<void> {
    const port = this.#ports[id - 1]?.inside ?? 0
    const end = Date.now() + patience
    for (;;) {
      signal?.throwIfAborted()
      if (this.running.get(id)?.isRunning() !== true) throw this.#ended(id)
      const known = await knownBrokers(port)
      if (known !== undefined && known.includes(id) && known.length >= brokers) return
      if (Date.now() > end) throw this.#silent(id)
      await delay(50)
    }
  }

  async end(id: number, how: "softly" | "hard", softly = 30_000): Promise<void> {
    const broker = this.running.get(id)
    if (broker === undefined) return
    this.running.delete(id)
    broker.signal("SIGCONT")
    if (how === "softly") return stopProcess(broker, softly)
    broker.signal("SIGKILL")
    await broker.ended
  }

  signal(id: number, name: NodeJS.Signals): void {
    this.running.get(id)?.signal(name)
  }

  #folder(id: number): BrokerFolder {
    const folder = this.#folders[id - 1]
    if (folder === undefined) throw new RangeError(`there is no broker ${id}`)
    return folder
  }

  #ended(id: number): KafkaSetupError {
    const said = logTail(this.#folder(id).folder)
    const taken = /Address already in use/.test(said)
    return new KafkaSetupError({
      message: `broker ${id} ended. It said: ${said}`,
      remedy: taken
        ? "Somebody listens on one of its ports. Take others by --port."
        : "Mend what it complains of. Two clusters on one folder: give another by --data."
    })
  }

  #silent(id: number): KafkaSetupError {
    const { folder } = this.#folder(id)
    return new KafkaSetupError({
      message: `broker ${id} does not answer after ${patience / 1_000} s. It said: ${logTail(folder)}`,
      remedy: "Where the machine does much else, set PATIENCE to more seconds."
    })
  }
}

const formatted = (
  cluster: ClusterFolder,
  folders: readonly BrokerFolder[],
  options: ClusterOptions
): void => {
  for (const folder of folders) {
    options.signal?.throwIfAborted()
    formatStorage(folder, cluster.id, scramArguments(options.security ?? {}))
  }
  sealClusterFolder(cluster, options.version ?? "4", folders.length)
}

/** Writes the brokers' folders, whatever is kept in them. */
const prepare = (
  cluster: ClusterFolder,
  jars: string,
  ports: readonly Ports[],
  options: ClusterOptions,
  certificates: string | undefined
): readonly BrokerFolder[] =>
  ports.map((_, index) => {
    const id = index + 1
    const folder = join(cluster.path, `broker-${id}`)
    mkdirSync(folder, { recursive: true })
    const text = serverProperties({
      release: options.version ?? "4",
      id,
      folder,
      ports,
      security: options.security ?? {},
      certificates,
      config: options.config ?? {}
    })
    writeFileSync(configOf(folder), text)
    return { jars, folder }
  })

/** Starts a cluster and waits until each broker answers and knows the others. Rejects with {@link KafkaSetupError}. */
export const openCluster = async (options: ClusterOptions = {}): Promise<RunningCluster> => {
  const { brokers: count = 1, progress, security = {}, signal, version = "4" } = options
  requirePrograms(version)
  const jars = await fetchRelease(version, {
    ...(signal === undefined ? {} : { signal }),
    progress: (files) => progress?.(`fetching from Maven Central: ${files} files`)
  })
  const ports = await choosePorts(count, options.port, isSecured(security))
  const cluster = openClusterFolder(version, count, options.folder)
  const certificateFolder = security.tls === undefined ? undefined : join(cluster.path, "certificates")
  const ids = ports.map((_, index) => index + 1)
  let brokers: Brokers | undefined
  const end = async (how: "softly" | "hard"): Promise<void> => {
    // A quorum of which most have gone lets the last wait for nothing.
    await Promise.all(ids.map(async (id) => brokers?.end(id, how, 10_000)))
    cluster.remove()
  }
  try {
    const certificates = certificateFolder === undefined ? undefined : makeCertificates(certificateFolder)
    const folders = prepare(cluster, jars, ports, options, certificateFolder)
    progress?.("formatting")
    if (!cluster.isFormatted) formatted(cluster, folders, options)
    const started = (brokers = new Brokers(folders, ports))
    progress?.("starting")
    for (const id of ids) started.begin(id)
    await Promise.all(ids.map((id) => started.ready(id, count, signal)))
    return {
      version,
      bootstrap: ports.map(({ client }) => `127.0.0.1:${client}`),
      inside: ports.map(({ inside }) => `127.0.0.1:${inside}`),
      certificates,
      folder: cluster.path,
      kill: (id) => started.end(id, "hard"),
      stop: (id) => started.end(id, "softly"),
      start: async (id) => {
        started.begin(id)
        await started.ready(id, 1, undefined)
      },
      pause: (id) => started.signal(id, "SIGSTOP"),
      resume: (id) => started.signal(id, "SIGCONT"),
      failed: started.failed,
      close: end
    }
  } catch (cause) {
    await end("hard")
    throw cause
  }
}
