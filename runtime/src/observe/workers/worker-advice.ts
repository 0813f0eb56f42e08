/** What was seen of the work at one time. */
export interface WorkObservation {
  /** ms since 1970 */
  readonly at: number
  /** Processes that do tasks, the platform's own among them: 1 at least. */
  readonly processes: number
  /** Parts of the work of which a process has one or more, and no part is two processes': more processes than these have nothing to do. */
  readonly units: number
  /** Tasks that read from a log, by a name that no other has. */
  readonly tasks: ReadonlyMap<string, TaskObservation>
}

export interface TaskObservation {
  /** Records that are written and not committed. */
  readonly lagRecords: number
  /** Records that it ever took; fewer than before after a reset. */
  readonly handled: number
}

/** What the advice may be, and what it is held to. */
export interface AdviceTerms {
  /** Workers beside the platform, at least; also where there is less to do. */
  readonly min: number
  /** Workers beside the platform, at most. */
  readonly max: number
  /** What lags is to be done within this time. */
  readonly drainMs: number
}

export const usualTerms: AdviceTerms = { min: 0, max: 100, drainMs: 300_000 }

/** Records a second are counted over this time. */
export const paceMs = 60_000
/** More workers are advised once that many were needed for so long; longer than {@link paceMs}, so that one burst is none. */
export const upMs = 90_000
/** Fewer are advised once no more were needed for so long. */
export const downMs = 600_000

/** As Kubernetes' `--horizontal-pod-autoscaler-tolerance`: by so much need and what there is may differ. */
const tolerance = 0.1
/** Part of what a process can do that it is to do: the rest is for what comes unevenly. */
const utilisation = 0.8
/** By how much a new measurement of what a process can do counts. */
const newShare = 0.2

interface Need {
  readonly at: number
  readonly processes: number
}

/** What is kept from one observation to the next. */
export interface AdviceState {
  readonly since: number | undefined
  readonly recent: readonly WorkObservation[]
  readonly needs: readonly Need[]
  /** Records a second that a process can do; undefined before any did some. */
  readonly capacity: number | undefined
  /** It was seen at its limit; before, `capacity` is only what it did at least. */
  readonly isMeasured: boolean
  /** Processes, the platform's own among them; undefined before there is a reason to say something. */
  readonly advised: number | undefined
}

export const noAdvice: AdviceState = {
  since: undefined,
  recent: [],
  needs: [],
  capacity: undefined,
  isMeasured: false,
  advised: undefined
}

/** Workers beside the platform; undefined in the first minutes, as nothing is known yet. */
export const advisedWorkers = ({ advised }: AdviceState, { max, min }: AdviceTerms): number | undefined =>
  advised === undefined ? undefined : Math.max(min, Math.min(max, advised - 1))

/**
 * Takes one more observation, later than those before.
 *
 * How many processes are needed is Kubernetes' `desired = ceil(current * metric / target)`, unless they differ by 10 % or less
 * (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details). The metric is what has to be done a second:
 * what comes, and what lags within the time that it is to be done in, as Flink's autoscaler has it (FLIP-271: target data rate, catch-up
 * duration). The target is four fifths of what a process did when all had something waiting. So
 *
 *     needed = ceil((handled/s + growth of the lag/s + lag / drain) / (0.8 * handled/s of a process at its limit))
 *
 * It never needs more than there are units, nor, beyond what there is, more than there are tasks that stay behind (KEDA's
 * `limitToPartitionsWithLag`): one partition that all is in is not helped. While no process was at its limit, one fewer is tried.
 *
 * The advice follows as behind Kubernetes' stabilisation windows: up to the least need of the last {@link upMs}, down to the greatest of the last
 * {@link downMs}. So it is monotone in the lag, and it never goes up and down by what is shorter than these.
 */
export const observe = (
  before: AdviceState,
  now: WorkObservation,
  terms: AdviceTerms = usualTerms
): AdviceState => {
  const since = before.since ?? now.at
  const recent = [...before.recent.filter(({ at }) => at >= now.at - paceMs), now]
  const pace = paceOf(recent, terms)
  if (pace === undefined) return { ...before, since, recent }
  const isSaturated = pace.behind >= now.processes && pace.handled > 0
  const capacity = capacityOf(before.capacity, pace, isSaturated)
  const isMeasured = before.isMeasured || (isSaturated && pace.isSteady)
  const processes = needOf({ ...pace, capacity, isMeasured })
  const needs = [...before.needs.filter(({ at }) => at >= now.at - downMs), { at: now.at, processes }]
  const covers = (ms: number): boolean => now.at - since >= ms
  if (!covers(upMs)) return { since, recent, needs, capacity, isMeasured, advised: before.advised }
  const within = (ms: number) =>
    needs.filter(({ at }) => at >= now.at - ms).map(({ processes: needed }) => needed)
  const advised = Math.max(before.advised ?? now.processes, Math.min(...within(upMs)))
  return {
    since,
    recent,
    needs,
    capacity,
    isMeasured,
    advised: covers(downMs) ? Math.min(advised, Math.max(...within(downMs))) : advised
  }
}

/** What the observations of {@link paceMs} come to; rates are in records a second. */
interface Pace {
  readonly handled: number
  /** What has to be handled. */
  readonly required: number
  readonly lag: number
  /** Tasks that had more waiting all the time than the tolerance allows. */
  readonly behind: number
  readonly processes: number
  readonly mostProcesses: number
  readonly isSteady: boolean
  readonly units: number
}

const paceOf = (recent: readonly WorkObservation[], { drainMs }: AdviceTerms): Pace | undefined => {
  const [first] = recent
  const last = recent.at(-1)
  if (first === undefined || last === undefined) return undefined
  const seconds = (last.at - first.at) / 1_000
  if (seconds < paceMs / 2_000) return undefined
  const drainSeconds = drainMs / 1_000
  let [handled, growth, lag, behind] = [0, 0, 0, 0]
  for (const [name, task] of last.tasks) {
    const was = first.tasks.get(name)
    // What is new brings what waits for it: that did not come within this time.
    const rate = was === undefined ? 0 : Math.max(0, task.handled - was.handled) / seconds
    handled += rate
    growth += was === undefined ? 0 : (task.lagRecords - was.lagRecords) / seconds
    lag += task.lagRecords
    const waiting = Math.min(...recent.map(({ tasks }) => tasks.get(name)?.lagRecords ?? 0))
    if (waiting > rate * drainSeconds * tolerance) behind++
  }
  const counts = recent.map(({ processes }) => processes)
  return {
    handled,
    required: Math.max(0, handled + growth) + lag / drainSeconds,
    lag,
    behind,
    processes: last.processes,
    mostProcesses: Math.max(...counts),
    isSteady: new Set(counts).size === 1,
    units: last.units
  }
}

/** While processes come and go, tasks stand still for a while: what is done then shows no limit. */
const capacityOf = (
  before: number | undefined,
  { handled, isSteady, mostProcesses }: Pace,
  isSaturated: boolean
): number | undefined => {
  if (handled === 0) return before
  const shown = handled / mostProcesses
  if (before === undefined) return shown
  if (isSaturated && isSteady) return before + newShare * (shown - before)
  return Math.max(before, shown)
}

const needOf = ({
  behind,
  capacity,
  handled,
  isMeasured,
  lag,
  processes,
  required,
  units
}: Pace & Pick<AdviceState, "capacity" | "isMeasured">): number => {
  const within = (needed: number): number => Math.max(1, Math.min(needed, units))
  // What stands still, as behind a server that is down, goes no faster with more.
  if (handled === 0 && lag > 0) return within(processes)
  if (capacity === undefined) return 1
  const target = capacity * utilisation
  const ratio = required / (processes * target)
  const needed = Math.ceil(required / target)
  // What it can do is not known, but that it can do more: one fewer shows it, unless less is enough by what is known.
  if (behind === 0 && !isMeasured) return within(Math.min(needed, processes - 1))
  if (ratio > 1 + tolerance) return within(Math.max(processes, Math.min(needed, behind)))
  return within(ratio < 1 - tolerance ? Math.min(needed, processes) : processes)
}
