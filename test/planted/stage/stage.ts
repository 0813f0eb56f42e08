import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type CommandResult, type Platform, root, up } from "../../input/program.ts"
import { type BuildChange, writeRelease } from "../faults/release.ts"
import { drawsOf } from "../world/draw.ts"
import { serveGateways } from "../world/gateway-server.ts"
import { roster } from "../world/places.ts"
import { receive, type Receiver } from "../world/receiver.ts"
import { serveRoads } from "../world/road-server.ts"
import { ScanFeed } from "../world/scan-feed.ts"
import { pipeline, pipelineText } from "./pipeline-text.ts"

/** Names of the sinks' receivers. */
export const receiverNames = ["customers", "billing", "board"] as const
export type ReceiverName = (typeof receiverNames)[number]

/** The company's platform with the pipeline on it, and its outside world. */
export interface Stage {
  readonly platform: Platform
  readonly token: string
  readonly feed: ScanFeed
  readonly receivers: { readonly [name in ReceiverName]: Receiver }
  /** Publishes all own packages in a version with these changes, and applies the pipeline with it. */
  readonly release: (version: string, changes?: readonly BuildChange[]) => Promise<void>
  readonly close: () => Promise<void>
}

export interface StageOptions {
  readonly seed: number
  /** Where everything is kept; the caller removes it. */
  readonly folder: string
  /** Port of the platform; default: any that is free. */
  readonly port?: number
}

const usedPlugins = ["files", "window", "webhook"]

/** Starts the world and the platform, publishes, and applies the sound pipeline. */
export const raiseStage = async ({ folder, port, seed }: StageOptions): Promise<Stage> => {
  const feed = new ScanFeed(seed)
  const gateways = await serveGateways(feed)
  const roads = await serveRoads(seed)
  const receivers = {
    customers: await receive(seed),
    billing: await receive(seed + 1),
    board: await receive(seed + 2)
  }
  const servers = [gateways, roads, ...Object.values(receivers)]
  const closeWorld = async (): Promise<void> => void (await Promise.all(servers.map(({ close }) => close())))
  const data = join(folder, "data")
  const releases = join(folder, "releases")
  for (const each of [data, releases]) mkdirSync(each, { recursive: true })
  // Packages are bundled with the libraries of this checkout.
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  writeFileSync(join(folder, "roster.csv"), roster(drawsOf(seed, 0)))
  const file = join(folder, `${pipeline}.pipeline.yaml`)
  writeFileSync(
    file,
    pipelineText({
      gateways: gateways.url,
      roads: roads.url,
      customers: receivers.customers.url,
      billing: receivers.billing.url,
      board: receivers.board.url
    })
  )
  const platform = await up({
    data,
    ...(port === undefined ? {} : { port }),
    publish: [...usedPlugins.map((name) => join(root, "plugins", name)), ...writeRelease(releases, "1.0.0")]
  }).catch(async (error: unknown) => {
    await closeWorld()
    throw error
  })
  const close = async (): Promise<void> => {
    await platform.stop().catch(ignoreGone)
    await closeWorld()
  }
  const apply = async (): Promise<void> =>
    succeeded(await platform.command("apply", file, "--upgrade", "--grant"))
  await apply().catch(async (error: unknown) => {
    await close()
    throw error
  })
  return {
    platform,
    token: readFileSync(join(data, "token"), "utf8").trim(),
    feed,
    receivers,
    release: async (version, changes) => {
      for (const place of writeRelease(releases, version, changes))
        succeeded(await platform.command("publish", place))
      await apply()
    },
    close
  }
}

/** A terminal's Ctrl-C reaches the platform itself, too. */
const ignoreGone = (error: unknown): void => {
  if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error
}

const succeeded = ({ exit, stderr, stdout }: CommandResult): void => {
  if (exit !== 0) throw new Error(`the program ended with ${exit}: ${stderr || stdout}`)
}
