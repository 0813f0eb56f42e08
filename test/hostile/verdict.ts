import type { HostileCase, Observed, Outcome } from "./hostile-case.ts"

const defaultCodes: { readonly [outcome in Outcome]: readonly string[] } = {
  stopped: ["DEADLINE_EXCEEDED"],
  killed: ["DEADLINE_EXCEEDED", "MEMORY_EXCEEDED"],
  contained: ["DEADLINE_EXCEEDED", "MEMORY_EXCEEDED"],
  refused: ["PLUGIN_FAILED"],
  harmless: []
}
const others = ["m0", "m1", "m3", "m4"]

/** Times that a record is tried before it is set aside. */
const kills = 3
/** A neighbour waits for a core at most so long, in spite of an attack. */
const maxNeighbourMs = 3000

/** What did not come out as it must, one line each; none: the attack was held. */
export function complaintsOf(hostile: HostileCase, observed: Observed): readonly string[] {
  if (observed.failure !== undefined) return [`the call failed: ${observed.failure}`]
  return [
    ...judgeRecord(hostile, observed),
    ...judgeProcess(hostile, observed),
    ...judgeNeighbour(observed),
    ...observed.harm,
    ...same("a later batch", observed.later, others),
    ...(hostile.check?.(observed) ?? [])
  ]
}

function judgeRecord(hostile: HostileCase, observed: Observed): readonly string[] {
  if (hostile.outcome === "harmless")
    return [
      ...same("records", observed.ids, ["m0", "m1", "m2", "m3", "m4"]),
      ...same("m2", observed.titles.slice(2, 3), [hostile.expect ?? "safe"]),
      ...same(
        "dead letters",
        observed.letters.map(({ message }) => message),
        []
      )
    ]
  const codes = hostile.codes ?? defaultCodes[hostile.outcome]
  const [letter] = observed.letters
  return [
    ...same("records", observed.ids, others),
    ...(observed.letters.length === 1 ? [] : [`${observed.letters.length} dead letters`]),
    ...(letter === undefined || (letter.offset === 2n && codes.includes(letter.code))
      ? []
      : [`the dead letter is ${letter.code}@${letter.offset}, not ${codes.join(" or ")}@2`]),
    ...(letter === undefined || hostile.message === undefined || hostile.message.test(letter.message)
      ? []
      : [`the dead letter says: ${letter.message}`])
  ]
}

function judgeProcess(hostile: HostileCase, { restarts }: Observed): readonly string[] {
  if (hostile.outcome === "contained") return []
  if (hostile.outcome === "killed") return restarts > 0 ? [] : ["the process was not killed"]
  // A record is stopped three times; on a busy machine the watchdog may be ahead of the guest's own deadline once or twice.
  const most = hostile.outcome === "stopped" ? kills - 1 : 0
  return restarts > most ? [`the process was killed ${restarts} times`] : []
}

function judgeNeighbour({ neighbour }: Observed): readonly string[] {
  const slowest = Math.max(0, ...neighbour.latenciesMs)
  return [
    ...(neighbour.wrong > 0
      ? [`${neighbour.wrong} of ${neighbour.calls} calls of the neighbour failed`]
      : []),
    ...(neighbour.restarts > 0 ? ["the neighbour's process was killed"] : []),
    ...(slowest > maxNeighbourMs ? [`the neighbour waited ${Math.round(slowest)} ms`] : [])
  ]
}

function same(what: string, got: readonly string[], wanted: readonly string[]): readonly string[] {
  return JSON.stringify(got) === JSON.stringify(wanted)
    ? []
    : [`${what}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`]
}
