import type { Config } from "./config.ts"
import type { FixedWindow } from "./core/slices.ts"

type FixedConfig = Exclude<Config["window"], { readonly session: unknown }>

/** Windows that a record may be in when each of its changes gives all of them. */
const mostUpdates = 100
/** Panes of a window. */
const mostPanes = 100_000

export const fixedWindow = (window: FixedConfig): FixedWindow => {
  const { offset = 0 } = window
  if ("tumbling" in window) return { is: "hopping", size: window.tumbling, slide: window.tumbling, offset }
  if ("hopping" in window) return { is: "hopping", ...window.hopping, offset }
  return { is: "cumulative", ...window.cumulative, offset }
}

interface Problem {
  readonly path: string
  readonly message: string
}

/** What is wrong with the lengths that a config gives. */
export const windowProblem = ({ emit, window }: Config): Problem | undefined => {
  if ("session" in window) return lengthProblem(window.session, "/window/session")
  if ("tumbling" in window) return lengthProblem(window.tumbling, "/window/tumbling")
  if ("hopping" in window) {
    const { size, slide } = window.hopping
    const problem =
      lengthProblem(size, "/window/hopping/size") ?? lengthProblem(slide, "/window/hopping/slide")
    if (problem !== undefined) return problem
    return tooMany(size / slide, emit) ?? tooManyPanes(size, slide)
  }
  const { size, step } = window.cumulative
  const problem =
    lengthProblem(size, "/window/cumulative/size") ?? lengthProblem(step, "/window/cumulative/step")
  if (problem !== undefined) return problem
  if (size % step !== 0)
    return { path: "/window/cumulative/step", message: "size must be a whole number of steps" }
  return tooMany(size / step, emit) ?? tooManyPanes(size, step)
}

const lengthProblem = (length: number, path: string): Problem | undefined =>
  length > 0 ? undefined : { path, message: "a window has a length: 1ms at least" }

const tooMany = (windows: number, emit: Config["emit"]): Problem | undefined =>
  emit === "updates" && windows > mostUpdates
    ? {
        path: "/emit",
        message: `each record would give the results of ${Math.ceil(windows)} windows, and ${mostUpdates} is the most: take close, or fewer windows`
      }
    : undefined

const tooManyPanes = (size: number, slide: number): Problem | undefined => {
  const panes = size / divisor(size, slide)
  if (panes <= mostPanes) return undefined
  return {
    path: "/window",
    message: `a window would be made of ${panes} panes, and ${mostPanes} is the most`
  }
}

const divisor = (left: number, right: number): number => (right === 0 ? left : divisor(right, left % right))
