import fc from "fast-check"
import { assert, describe, it } from "vitest"
import {
  advisedWorkers,
  type AdviceState,
  type AdviceTerms,
  downMs,
  noAdvice,
  observe,
  upMs,
  usualTerms,
  type WorkObservation
} from "./worker-advice.ts"

const everyMs = 15_000

/** Advice after each of the observations. */
const adviceOver = (
  observations: readonly WorkObservation[],
  terms: AdviceTerms = usualTerms
): readonly (number | undefined)[] => {
  let state = noAdvice
  return observations.map((each) => {
    state = observe(state, each, terms)
    return advisedWorkers(state, terms)
  })
}

interface Setting {
  readonly units: number
  /** Records a second that a process can do. */
  readonly capacity: number
  /** Records a second that come in a step. */
  readonly arrives: (step: number) => number
  readonly steps: number
  readonly processes: number
  readonly terms?: AdviceTerms
  /** Part of what comes that is one task's, and part of a process's that one task can have; absent: all are alike. */
  readonly hot?: number
  /** Factor of what is done in a step. */
  readonly noise?: (step: number) => number
  /** Steps after which there are as many workers as are advised. */
  readonly delay?: number
}

interface Outcome {
  readonly advice: readonly (number | undefined)[]
  readonly processes: number
  readonly lag: number
}

/** A cluster that follows its advice: tasks have an even share of the processes, and do what comes, as far as they can. */
const run = (setting: Setting): Outcome => {
  const { arrives, capacity, delay = 3, hot, noise = () => 1, steps, terms = usualTerms, units } = setting
  const lags = Array.from({ length: units }, () => 0)
  const handled = Array.from({ length: units }, () => 0)
  const advice: (number | undefined)[] = []
  let { processes } = setting
  let state: AdviceState = noAdvice
  for (let step = 0; step < steps; step++) {
    const seconds = everyMs / 1_000
    const share = (task: number): number => {
      if (hot === undefined) return 1 / units
      return task === 0 ? hot : (1 - hot) / (units - 1)
    }
    const able = ((capacity * Math.min(processes, units)) / units) * seconds * noise(step)
    for (let task = 0; task < units; task++) {
      const waiting = (lags[task] ?? 0) + arrives(step) * share(task) * seconds
      const done = Math.min(waiting, able)
      lags[task] = waiting - done
      handled[task] = (handled[task] ?? 0) + done
    }
    const tasks = new Map(
      lags.map((lag, task) => [
        `t/${task}`,
        { lagRecords: Math.round(lag), handled: Math.round(handled[task] ?? 0) }
      ])
    )
    state = observe(state, { at: step * everyMs, processes, units, tasks }, terms)
    advice.push(advisedWorkers(state, terms))
    const due = advice[step - delay]
    if (due !== undefined) processes = due + 1
  }
  return { advice, processes, lag: lags.reduce((sum, lag) => sum + lag, 0) }
}

const hour = 3_600_000 / everyMs

/** How often advice changes its direction. */
const turns = (advice: readonly (number | undefined)[]): number => {
  const known = advice.filter((each) => each !== undefined)
  const ways = known.slice(1).flatMap((each, at) => Math.sign(each - (known[at] ?? each)) || [])
  return ways.slice(1).filter((way, at) => way !== ways[at]).length
}

/** Evenly spread over -1 to 1, the same for the same seed. */
const wave = (seed: number) => (step: number) => {
  const x = Math.sin(seed * 12.9898 + step * 78.233) * 43_758.5453
  return 2 * (x - Math.floor(x)) - 1
}

describe("advice on workers", () => {
  it("is none until it has seen enough, and then what there is", () => {
    const { advice } = run({ units: 8, capacity: 1_000, arrives: () => 700, steps: 30, processes: 1 })
    const first = advice.findIndex((each) => each !== undefined)
    assert.strictEqual(first * everyMs, upMs)
    assert.strictEqual(advice[first], 0)
  })

  it("is as many workers as the work needs in the end, and what lagged is done", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 16 }),
        fc.integer({ min: 50, max: 100_000 }),
        fc.double({ min: 0.3, max: 12, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        (units, capacity, load, processes) => {
          // Where a process is short of next to nothing, it takes hours until it shows.
          fc.pre(load < units * 0.75 && load % 1 > 0.03)
          const outcome = run({ units, capacity, arrives: () => load * capacity, steps: 4 * hour, processes })
          const least = Math.ceil(load)
          const most = Math.ceil((load / 0.8) * 1.1) + 1
          assert.isAtLeast(outcome.processes, least, JSON.stringify(outcome.advice))
          assert.isAtMost(outcome.processes, Math.max(1, most), JSON.stringify(outcome.advice.slice(-10)))
          assert.isBelow(outcome.lag, load * capacity * 60)
        }
      ),
      { numRuns: 8, endOnFailure: true }
    )
  })

  it("does not flap under noise in what comes and in what is done", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.double({ min: 0.5, max: 9, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        (seed, load, processes) => {
          const comes = wave(seed)
          const does = wave(seed + 1)
          const { advice } = run({
            units: 12,
            capacity: 1_000,
            arrives: (step) => load * 1_000 * (1 + 0.3 * comes(step)),
            noise: (step) => 1 + 0.1 * does(step),
            steps: 5 * hour,
            processes
          })
          // Down to where the limit is found, up to what is needed for what lags, and down to what is needed then.
          assert.isAtMost(turns(advice), 3, JSON.stringify(advice))
          assert.isAtMost(new Set(advice.slice(-hour)).size, 2, JSON.stringify(advice))
        }
      ),
      { numRuns: 8, endOnFailure: true }
    )
  })

  it("does not follow a burst that is over within a minute, nor a lull of some minutes", () => {
    const steady = { units: 24, capacity: 1_000, processes: 6, steps: 3 * hour }
    const load = (step: number) => (step < 60 ? 8_000 : 4_400)
    const settled = new Set(run({ ...steady, arrives: load }).advice.slice(-hour))
    const disturbed = run({
      ...steady,
      arrives: (step) => {
        if (step === 2.5 * hour) return 12_000
        return step > 2.2 * hour && step < 2.2 * hour + 24 ? 500 : load(step)
      }
    })
    assert.strictEqual(settled.size, 1)
    assert.deepEqual(new Set(disturbed.advice.slice(-hour)), settled)
  })

  it("never asks for more workers than there are units, nor goes beyond its bounds", () => {
    const task = fc.record({ lagRecords: fc.nat(1_000_000), handled: fc.nat(1_000_000) })
    const observation = fc.record({
      processes: fc.integer({ min: 1, max: 50 }),
      units: fc.integer({ min: 0, max: 50 }),
      tasks: fc.array(task, { minLength: 0, maxLength: 6 })
    })
    const bounds = fc.record({ min: fc.nat(5), more: fc.nat(20) })
    fc.assert(
      fc.property(fc.array(observation, { minLength: 20, maxLength: 150 }), bounds, (all, { min, more }) => {
        const terms = { ...usualTerms, min, max: min + more }
        const observations = all.map(({ processes, tasks, units }, step) => ({
          at: step * everyMs,
          processes,
          units,
          tasks: new Map(tasks.map((each, name) => [String(name), each]))
        }))
        for (const advised of adviceOver(observations, terms)) {
          if (advised === undefined) continue
          assert.isTrue(Number.isInteger(advised))
          assert.isAtLeast(advised, min)
          assert.isAtMost(advised, min + more)
        }
      })
    )
    const { processes } = run({
      units: 5,
      capacity: 1_000,
      arrives: () => 50_000,
      steps: hour,
      processes: 1
    })
    assert.strictEqual(processes, 5)
  })

  it("is monotone in the lag: where more waits, it is never less", () => {
    const step = fc.record({
      processes: fc.integer({ min: 1, max: 6 }),
      lags: fc.array(fc.nat(400_000), { minLength: 4, maxLength: 4 }),
      done: fc.array(fc.nat(20_000), { minLength: 4, maxLength: 4 })
    })
    const more = fc.array(fc.nat(500_000), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(step, { minLength: 15, maxLength: 150 }), more, (steps, extra) => {
        const handled = [0, 0, 0, 0]
        const observations = (added: readonly number[]) => {
          handled.fill(0)
          return steps.map(({ done, lags, processes }, at) => ({
            at: at * everyMs,
            processes,
            units: 8,
            tasks: new Map(
              lags.map((lag, task) => {
                handled[task] = (handled[task] ?? 0) + (done[task] ?? 0)
                return [
                  `${task}`,
                  { lagRecords: lag + (added[task] ?? 0), handled: handled[task] ?? 0 }
                ] as const
              })
            )
          }))
        }
        const few = adviceOver(observations([0, 0, 0, 0]))
        const many = adviceOver(observations(extra))
        for (const [at, advised] of few.entries())
          assert.isAtLeast(many[at] ?? 0, advised ?? 0, `after ${at} steps`)
      }),
      { numRuns: 40 }
    )
  })

  it("asks for no more where one partition has nearly all the records", () => {
    const { processes } = run({
      units: 12,
      capacity: 1_000,
      arrives: () => 2_500,
      hot: 0.8,
      steps: 6 * hour,
      processes: 3
    })
    assert.strictEqual(processes, 3)
  })

  it("goes down no sooner than after ten minutes in which fewer would have done", () => {
    const until = hour
    const { advice } = run({
      units: 24,
      capacity: 1_000,
      arrives: (step) => (step < until ? 7_000 : 200),
      steps: 2 * hour,
      processes: 1
    })
    const before = advice[until] ?? 0
    const down = advice.findIndex((each, step) => step > until && each !== undefined && each < before)
    assert.isAtLeast((down - until) * everyMs, downMs - 60_000)
    assert.strictEqual(advice.at(-1), 0)
  })

  it("stays where it is while all stands still", () => {
    const tasks = (at: number) =>
      new Map([["t", { lagRecords: 100 * at, handled: at < 30 ? at * 1_000 : 30_000 }]])
    const observations = Array.from({ length: 200 }, (_, at) => ({
      at: at * everyMs,
      processes: 3,
      units: 8,
      tasks: tasks(at)
    }))
    const late = adviceOver(observations).slice(120)
    assert.deepEqual(new Set(late), new Set([2]))
  })
})
