import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { createClient } from "@millrace/client"
import { type Platform, temporaryFolder, until, up } from "../input/program.ts"
import { idsIn, open, shopPipeline, type Visit } from "./shop.ts"

/** Two applications that tell of the same visits, by real clients, to a platform that is killed again and again. */
export interface Episode {
  readonly kills: number
  readonly seed: number
  readonly say?: (line: string) => void
}

export interface EpisodeResult {
  readonly tracked: number
  /** Requests of the clients that failed and were made again. */
  readonly retries: number
  readonly kills: readonly string[]
  /** What was not exactly once; empty: all is well. */
  readonly complaints: readonly string[]
}

/** One command reads no more of a stream. */
const most = 9_500

/** Steps between two durable states, in the inbox's commits and in the source's, and the sandbox's reply between them. */
const points = ["before-commit", "after-commit", "after-reply", "mid-batch"] as const

export const runEpisode = async ({ kills, say = () => {}, seed }: Episode): Promise<EpisodeResult> => {
  const random = randomOf(seed)
  const folder = temporaryFolder()
  const data = join(folder.path, "data")
  let platform = await up({ data })
  let token = ""
  let retries = 0
  const lost: string[] = []
  const client = () =>
    createClient<Visit, "at">({
      // The port is another after each start.
      url: "http://platform.example/ingest/shop/visits",
      token: () => token,
      eventTime: "at",
      batch: { maxEvents: 40, maxDelayMs: 30 },
      buffer: { maxEvents: 400 },
      retry: { minMs: 50, maxMs: 400 },
      timeoutMs: 5_000,
      onRetry: () => (retries += 1),
      onLost: ({ code, event, message }) => lost.push(`${event.id} was lost: ${code} ${message}`),
      surroundings: { fetch: (url, init) => fetch(`${platform.url}${new URL(url).pathname}`, init) }
    })
  const [one, other] = [client(), client()]
  let tracked = 0
  let isOver = false
  const produce = async (): Promise<void> => {
    while (!isOver) {
      const limit = tracked < most ? 8 : 0
      for (let n = 0; n < limit; n++) {
        await Promise.all([one.room(), other.room()])
        if (isOver) return
        const visit = { id: `visit-${tracked++}`, page: `/${tracked % 5}`, count: tracked }
        one.track(visit)
        if (tracked % 3 === 0) other.track(visit)
      }
      await delay(20)
    }
  }
  const killed: string[] = []
  let producing = Promise.resolve()
  try {
    token = await open(platform, shopPipeline(folder.path, "shop"), "shop")
    producing = produce()
    while (killed.length < kills) {
      const point = points[Math.floor(random() * points.length * 2)]
      const how = point === undefined ? "random" : `${point}:${1 + Math.floor(random() * 12)}`
      if (point === undefined) {
        await delay(random() * 1_200)
        process.kill(platform.pid, "SIGKILL")
        await gone(platform.pid)
        platform = await up({ data })
      } else {
        process.kill(platform.pid, "SIGKILL")
        await gone(platform.pid)
        const armed = await upArmed(data, how)
        // The clients reach it while it is on its way to the step.
        platform = armed ?? platform
        if (armed !== undefined) await dies(armed.pid, 2_000 + random() * 2_000)
        platform = await up({ data })
      }
      killed.push(how)
      say(`kill ${killed.length} of ${kills}, ${how}: ${tracked} tracked, ${retries} requests made again`)
    }
    isOver = true
    await Promise.all([producing, one.flush(), other.flush()])
    await Promise.all([one.flush(), other.flush()])
    const ids = await until(
      () => idsIn(platform, "shop.visits"),
      (found) => found.length >= tracked
    )
    // What would come twice might come a moment later: all that was posted has been read.
    await until(
      async () => (await platform.command("status", "shop", "--json")).stdout,
      (status) => JSON.parse(status).nodes[0].totals.out >= tracked
    )
    const complaints = [
      ...lost,
      ...complaintsOf(ids, tracked),
      ...complaintsOf(await idsIn(platform, "shop.visits"), tracked)
    ]
    return { tracked, retries, kills: killed, complaints }
  } finally {
    isOver = true
    // Closed first: one that has no platform to send to makes no room.
    await Promise.all([one.close({ timeoutMs: 1 }), other.close({ timeoutMs: 1 })])
    await producing
    await platform.stop()
    folder.remove()
  }
}

/** Starts the platform so that it kills itself at a step; undefined when it came to the step before it was up. */
const upArmed = async (data: string, at: string): Promise<Platform | undefined> => {
  process.env["FAIL_AT"] = at
  try {
    return await up({ data })
  } catch {
    return undefined
  } finally {
    delete process.env["FAIL_AT"]
  }
}

/** Where it does not come to its step in time, it is killed like any other. */
const dies = async (pid: number, withinMs: number): Promise<void> => {
  const dead = gone(pid)
  await Promise.race([dead, delay(withinMs)])
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It has killed itself.
  }
  await dead
}

const gone = async (pid: number): Promise<void> => {
  await until(
    async () => {
      try {
        process.kill(pid, 0)
        return false
      } catch {
        return true
      }
    },
    (isGone) => isGone
  )
}

const complaintsOf = (ids: readonly string[], tracked: number): readonly string[] => {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  const wanted = Array.from({ length: tracked }, (_, n) => `visit-${n}`)
  return [
    ...wanted.filter((id) => !counts.has(id)).map((id) => `${id} is not there`),
    ...[...counts].filter(([, count]) => count > 1).map(([id, count]) => `${id} is there ${count} times`)
  ]
}

/** Numerical Recipes' linear congruential generator. */
const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
