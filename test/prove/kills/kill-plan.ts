import type { Draw } from "../power-cut/disk.ts"
import type { FailpointName } from "../../../runtime/src/telemetry/failpoint.ts"

/**
 * `in-commit`: from outside, between a commit's call and its acknowledgement. `starting`: from outside, while it starts for
 * the first time. `random`: from outside, at any time of a running load.
 */
export type KillPoint = FailpointName | "in-commit" | "starting" | "random"

/** One kill of the program. `pass`: at which pass of the point; `delayMs`: how long after, for those from outside. */
export interface Kill {
  readonly point: KillPoint
  readonly pass: number
  readonly delayMs: number
}

/** Points on the way to a running load, in their order; they come once in an episode. */
const early = ["first-start", "publish", "mid-apply"] as const
export const isEarly = (point: KillPoint): boolean =>
  point === "starting" || early.some((each) => each === point)
/** Points of a running load, with the largest pass that is drawn. */
const running: readonly (readonly [KillPoint, number])[] = [
  ["after-fetch", 40],
  ["mid-batch", 60],
  ["after-reply", 60],
  ["before-commit", 60],
  ["after-commit", 60],
  ["in-commit", 60],
  ["while-folding", 2],
  ["on-shutdown", 1],
  ["random", 1]
]
const maxRandomMs = 3_000
const maxStartMs = 2_000
/** About as long as a commit takes. */
const maxCommitMs = 2

/** The kills of one episode: each of the eleven points and two at random, those of a running load in an order that is drawn. */
export function planKills(draw: Draw): readonly Kill[] {
  return [
    { point: "starting", pass: 1, delayMs: draw() * maxStartMs },
    ...early.map((point) => ({
      point,
      pass: point === "publish" ? 1 + Math.floor(draw() * 2) : 1,
      delayMs: 0
    })),
    ...shuffled(running, draw).map(([point, passes]) => drawKill(point, passes, draw))
  ]
}

export function drawKill(point: KillPoint, passes: number, draw: Draw): Kill {
  const longest = point === "in-commit" ? maxCommitMs : maxRandomMs
  return { point, pass: 1 + Math.floor(draw() * passes), delayMs: draw() * longest }
}

function shuffled<A>(items: readonly A[], draw: Draw): readonly A[] {
  return items
    .map((item) => ({ item, at: draw() }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item)
}
