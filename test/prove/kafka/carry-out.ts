import { setTimeout as delay } from "node:timers/promises"
import { untilInSync } from "./brokers.ts"
import type { Fault } from "./fault-plan.ts"
import { longestCommitMs } from "./fault-plan.ts"
import type { Scene } from "./scene.ts"
import type { WorkerProcess } from "./worker-process.ts"

/** How it went on. */
export interface CarriedOut {
  readonly what: string
  /** That it did not go on, though it must have. */
  readonly faults: readonly string[]
}

/** What a kill waits for a commit, where all of them stand still. */
const commitPatienceMs = 10_000
/** A frozen worker's tasks are somebody else's by then, and it is to have some again soon after it woke. */
const wakePatienceMs = 60_000

export interface Course {
  /** Writes up to this share of the events that are this fault's. */
  readonly write: (share: number) => Promise<void>
  /** Whether all that was written came out. */
  readonly goesOn: () => Promise<boolean>
}

/** Does one harm while records flow, and undoes it; the output must go on as soon as it can. */
export const carryOut = (scene: Scene, fault: Fault, course: Course): Promise<CarriedOut> => {
  switch (fault.kind) {
    case "kill":
      return killed(scene, fault, course)
    case "broker":
      return broken(scene, fault, course)
    case "freeze":
      return scene.processes.length === 1 ? rivalled(scene, fault, course) : frozen(scene, fault, course)
  }
}

const killed = async (
  scene: Scene,
  { afterMs, inCommit, losesState, process }: Extract<Fault, { kind: "kill" }>,
  { goesOn, write }: Course
): Promise<CarriedOut> => {
  const victim = processOf(scene, process)
  const writing = write(1)
  const isHit = inCommit && (await victim.inCommit(afterMs, commitPatienceMs))
  if (!inCommit) await delay(afterMs)
  await victim.kill()
  if (losesState) victim.loseLocalState()
  await victim.start()
  await writing
  const what = `${victim.name} killed ${isHit ? `${afterMs} ms into a commit` : "at some time"}${losesState ? ", its folder lost" : ""}`
  return outcome(what, await goesOn())
}

const broken = async (
  scene: Scene,
  { afterMs, broker, how }: Extract<Fault, { kind: "broker" }>,
  { goesOn, write }: Course
): Promise<CarriedOut> => {
  // Who writes is no part of the proof, and is spared.
  await write(1)
  await delay(afterMs / 10)
  await (how === "kill" ? scene.cluster.kill(broker) : scene.cluster.stop(broker))
  // Two brokers are enough, where there were three.
  const isEnough = scene.cluster.bootstrap.length > 2
  const went = isEnough ? await goesOn() : true
  await scene.cluster.start(broker)
  await untilInSync(scene.cluster)
  const what = `broker ${broker} ${how === "kill" ? "killed" : "stopped"}, and started`
  return outcome(what, went && (await goesOn()))
}

/** The workers do a frozen one's work, and give it some again when it woke. */
const frozen = async (
  scene: Scene,
  fault: Extract<Fault, { kind: "freeze" }>,
  { goesOn, write }: Course
): Promise<CarriedOut> => {
  const victim = processOf(scene, fault.process)
  const { took, went } = await asleep(scene, fault, { goesOn, write })
  victim.thaw()
  const works = victim.inCommit(0, wakePatienceMs)
  await write(1)
  const what = `${victim.name} frozen, the others had done all after ${took} s`
  const { faults } = outcome(what, went && (await goesOn()))
  return { what, faults: [...faults, ...((await works) ? [] : [`${what}: it does no work any more`])] }
}

/**
 * A second platform is started in the place of a frozen one, which is fenced when it wakes, and says so instead of fencing the second
 * in turn. Then the second is gone, and the first is started again, with state that is older than what Kafka has.
 */
const rivalled = async (
  scene: Scene,
  fault: Extract<Fault, { kind: "freeze" }>,
  { goesOn, write }: Course
): Promise<CarriedOut> => {
  const victim = processOf(scene, fault.process)
  let rival: WorkerProcess | undefined
  try {
    const open = async (): Promise<void> => {
      rival = await scene.openRival()
    }
    const { took, went } = await asleep(scene, fault, { goesOn, write }, open)
    victim.thaw()
    await write(0.7)
    const wentTogether = await goesOn()
    await rival?.kill()
    await victim.kill()
    await victim.start()
    await write(1)
    const what = `${victim.name} frozen, a second one had done all after ${took} s, and went when the first had woken`
    return outcome(what, went && wentTogether && (await goesOn()))
  } finally {
    if (rival?.isUp === true) await rival.kill()
  }
}

/** Freezes a process in a commit, for as long as it is to be; says whether the others did all meanwhile, and how long it took them. */
const asleep = async (
  scene: Scene,
  { afterMs, forMs, process }: Extract<Fault, { kind: "freeze" }>,
  { goesOn, write }: Course,
  open: () => Promise<void> = () => Promise.resolve()
): Promise<{ readonly went: boolean; readonly took: number }> => {
  const victim = processOf(scene, process)
  const writing = write(0.4)
  await victim.inCommit(afterMs % longestCommitMs, commitPatienceMs)
  victim.freeze()
  const begun = performance.now()
  await open()
  await writing
  const went = await goesOn()
  const took = Math.round((performance.now() - begun) / 1_000)
  await delay(Math.max(0, forMs - (performance.now() - begun)))
  return { went, took }
}

const outcome = (what: string, goesOn: boolean): CarriedOut => ({
  what,
  faults: goesOn ? [] : [`${what}: it did not go on`]
})

const processOf = (scene: Scene, index: number) => {
  const found = scene.processes[index]
  if (found === undefined) throw new RangeError(`there is no process ${index}`)
  return found
}
