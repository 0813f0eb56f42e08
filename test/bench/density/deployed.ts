import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { apply, statusOf } from "../../input/pipelines.ts"
import { type Platform, root, temporaryFolder, up } from "../../input/program.ts"
import { feedOf, feedPipeline, type Layout, pipelineNamesOf, pipelineOf, writePackages } from "./domains.ts"

/** A platform with a package for each trust domain, and addresses that take events in for their processors. */
export interface Deployed {
  readonly platform: Platform
  /** Where files may be written. */
  readonly folder: string
  /** Gives one event to each of these processors of a domain; answers when the log has them. */
  readonly feed: (domain: number, processors: readonly number[]) => Promise<void>
}

const decodeStatus = Schema.decodeUnknownSync(PlatformStatus)

/** `BENCH_PROFILE=FOLDER` for a CPU profile of the platform's process there. */
const profiles = process.env["BENCH_PROFILE"]
const profiling =
  profiles === undefined ? {} : { wrapper: ["env", `NODE_OPTIONS=--cpu-prof --cpu-prof-dir=${profiles}`] }

/** What the pipelines that take events in are made of. */
const feeders = ["ingest", "route"].map((name) => join(root, "plugins", name))

/** A fresh data folder; no processor is deployed in it yet. */
export const withDomains = async <A>(
  layout: Layout,
  work: (deployed: Deployed) => Promise<A>
): Promise<A> => {
  const folder = temporaryFolder()
  const packages = join(folder.path, "packages")
  writePackages(packages, layout)
  const data = join(folder.path, "data")
  const platform = await up({ ...profiling, data, publish: [packages, ...feeders] })
  try {
    const token = await senderToken(platform)
    return await work({
      platform,
      folder: folder.path,
      feed: (domain, processors) => post(platform, token, domain, processors)
    })
  } finally {
    await platform.stop()
    folder.remove()
  }
}

export const applyFeeds = async (platform: Platform, layout: Layout): Promise<void> => {
  for (let domain = 0; domain < layout.domains; domain++)
    await applied(platform, feedPipeline(domain, layout))
}

/** Applies a pipeline; answers the seconds that it took. */
export const applied = async (platform: Platform, text: string): Promise<number> => {
  const begun = performance.now()
  const answer = await apply(platform, text)
  if (answer.status !== 200) throw new Error(`not applied: ${JSON.stringify(answer.body)}`)
  return (performance.now() - begun) / 1_000
}

export const platformStatusOf = async (platform: Platform): Promise<PlatformStatus> =>
  decodeStatus((await platform.get("/api/status")).body)

/** Records that a processor has taken in, and whose outputs are committed. */
export const takenBy = async (platform: Platform, domain: number, processor: number): Promise<number> => {
  const { nodes } = await statusOf(platform, pipelineOf(domain, processor))
  return nodes.reduce((sum, { totals }) => sum + totals.in, 0)
}

/** Waits until every processor has made something of so many: each passes all of them on. Looks seldom: a status of a thousand pipelines is work. */
export const untilAllGave = async (platform: Platform, layout: Layout, count: number): Promise<void> => {
  const wanted = new Set(pipelineNamesOf(layout))
  for (let look = 0; look < mostLooks; look++) {
    const { pipelines } = await platformStatusOf(platform)
    const behind = pipelines.filter(
      ({ nodes, pipeline }) => wanted.has(pipeline) && nodes.some(({ totals }) => totals.out < count)
    )
    if (pipelines.length >= wanted.size && behind.length === 0) return
    await delay(lookMs)
  }
  throw new Error(`processors have not given ${count} records each after ${(mostLooks * lookMs) / 1_000} s`)
}

const lookMs = 3_000
const mostLooks = 200

const senderToken = async (platform: Platform): Promise<string> => {
  const created = await platform.command("token", "create", "sender", "--scope", "ingest", "--json")
  if (created.exit !== 0) throw new Error(created.stderr)
  const issued: { readonly token: string } = JSON.parse(created.stdout)
  return issued.token
}

let nextEvent = 0

const post = async (
  { url }: Platform,
  token: string,
  domain: number,
  processors: readonly number[]
): Promise<void> => {
  const events = processors.map((to) => ({ id: `event-${nextEvent++}`, to, price: 100 }))
  const reply = await fetch(`${url}/ingest/${feedOf(domain)}/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(events)
  })
  if (reply.status !== 202) throw new Error(`not taken in: ${reply.status} ${await reply.text()}`)
  await reply.arrayBuffer()
}
