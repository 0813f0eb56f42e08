import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { ProofOptions, ProofResult } from "./main.ts"
import { runEpisode } from "./kills/episode.ts"
import type { Episode } from "./kills/episode.ts"
import { planKills } from "./kills/kill-plan.ts"
import { runSeededBug } from "./kills/run-seeded-bug.ts"
import { seededBugs } from "./kills/seeded-bugs.ts"
import { drawsOf } from "./power-cut/prove-images.ts"

export const name = "kills"
export const describe =
  "the real program killed at 11 named points and at random under load: nothing lost, nothing repeated, in stream, state, files and dead letters"

const defaultCount = 60
const size = { perKey: 90, perRead: 25 }
const progressFile = join(import.meta.dirname, "../../.millrace/prove/kills.json")

interface Progress {
  readonly seed: number
  /** Digest of an undisturbed run. */
  readonly digest: string
  readonly bugsCaught: readonly string[]
  readonly episodes: number
  readonly kills: number
  readonly hits: { readonly [point: string]: number }
  readonly late: number
  readonly faults: readonly string[]
}

/**
 * An undisturbed run; each seeded bug, which must be caught; then episodes of a kill at each point until there were
 * `count` kills at their points, 60 unless told otherwise.
 */
export const run = async (options: ProofOptions): Promise<ProofResult> => {
  const count = options.count ?? defaultCount
  let progress = (options.resume ? resumed(options.seed) : undefined) ?? (await begun(options.seed))
  keep(progress)
  for (const bug of seededBugs) {
    if (progress.bugsCaught.includes(bug.name)) continue
    const faults = await runSeededBug(bug, progress.seed)
    say(`seeded bug "${bug.name}": ${faults.length === 0 ? "NOT CAUGHT" : `caught: ${faults[0]}`}`)
    if (faults.length === 0)
      progress = { ...progress, faults: [...progress.faults, `not caught: ${bug.name}`] }
    else progress = { ...progress, bugsCaught: [...progress.bugsCaught, bug.name] }
    keep(progress)
  }
  while (hitsOf(progress) < count) {
    progress = await provePart(progress)
    keep(progress)
    say(`${hitsOf(progress)} of ${count} kills at their points, ${progress.faults.length} faults`)
  }
  return resultOf(progress)
}

const say = (text: string): void => void process.stderr.write(`kills: ${text}\n`)

const keep = (progress: Progress): void => {
  mkdirSync(dirname(progressFile), { recursive: true })
  writeFileSync(progressFile, JSON.stringify(progress))
}

const begun = async (seed: number): Promise<Progress> => {
  const { faults, findings } = await runEpisode({ size: { seed, ...size }, kills: [] })
  say(`undisturbed: ${findings.counted} outputs, ${findings.dead} dead letters, digest ${findings.digest}`)
  return {
    seed,
    digest: findings.digest,
    bugsCaught: [],
    episodes: 0,
    kills: 0,
    hits: {},
    late: 0,
    faults: [...faults, ...findings.faults].map((fault) => `undisturbed: ${fault}`)
  }
}

const resumed = (seed: number): Progress | undefined => {
  try {
    const progress: Progress = JSON.parse(readFileSync(progressFile, "utf8"))
    return progress.seed === seed ? progress : undefined
  } catch {
    return undefined
  }
}

const provePart = async (before: Progress): Promise<Progress> => {
  const number = before.episodes + 1
  const episode = await runEpisode({
    size: { seed: before.seed, ...size },
    kills: planKills(drawsOf(before.seed * 1_000_003 + number)),
    onKill: ({ hit, point }) => say(`episode ${number}: ${point}${hit ? "" : ", too late for its point"}`)
  })
  const hits: { [point: string]: number } = { ...before.hits }
  for (const { hit, point } of episode.kills) if (hit) hits[point] = (hits[point] ?? 0) + 1
  return {
    ...before,
    episodes: number,
    kills: before.kills + episode.kills.length,
    hits,
    late: before.late + episode.kills.filter(({ hit }) => !hit).length,
    faults: [
      ...before.faults,
      ...faultsOf(episode, before.digest).map((fault) => `episode ${number}: ${fault}`)
    ]
  }
}

const faultsOf = ({ faults, findings }: Episode, digest: string): readonly string[] => [
  ...faults,
  ...findings.faults,
  ...(findings.digest === digest ? [] : [`its digest ${findings.digest} is not that of an undisturbed run`])
]

const hitsOf = ({ hits }: Progress): number => Object.values(hits).reduce((sum, count) => sum + count, 0)

const resultOf = (progress: Progress): ProofResult => ({
  passed: progress.faults.length === 0 ? hitsOf(progress) + progress.bugsCaught.length : 0,
  failed: progress.faults.length,
  notes: [
    `kills at their points: ${Object.entries(progress.hits)
      .map(([point, count]) => `${point} ${count}`)
      .join(
        ", "
      )}; ${progress.late} more came too late for their points; ${progress.episodes} runs of the load`,
    `seeded bugs caught: ${progress.bugsCaught.join(", ")}`,
    ...progress.faults
  ]
})
