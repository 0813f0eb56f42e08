import { join } from "node:path"
import { harmLog, type LogHarm } from "./harm-log.ts"
import { type Audited, pipelineNames, runPipelines } from "./run-harmed.ts"
import { type CallHarm, type Harm, harmingPool } from "./tamper.ts"

/** A loss or a repetition, of bytes and never of counters, and where the ledger is to say so. */
export type Fault = { readonly name: string; readonly harm: Harm; readonly place: RegExp } & (
  | { readonly in: "calls"; readonly segment: string; readonly side: CallHarm["side"] }
  /** Between the first pipeline, which writes the stream, and the second, which reads it. */
  | { readonly in: "log"; readonly log: LogHarm }
)

const harms: readonly Harm[] = ["lost", "repeated"]

export const faults: readonly Fault[] = [
  ...harms.flatMap((harm): readonly Fault[] => [
    {
      name: `a record of a source's reply ${harm}`,
      in: "calls",
      harm,
      segment: "made/numbers/",
      side: "answered",
      place: /^out of numbers$/
    },
    {
      name: `a record of a processor's reply ${harm}`,
      in: "calls",
      harm,
      segment: "spread/each/",
      side: "answered",
      place: /^out of each$/
    },
    {
      name: `a record on the way to a processor ${harm}`,
      in: "calls",
      harm,
      segment: "spread/each/",
      side: "given",
      place: /^into each$/
    },
    {
      name: `a record on the way to a sink ${harm}`,
      in: "calls",
      harm,
      segment: "kept/out/",
      side: "given",
      place: /^into out$/
    },
    {
      name: `a record within a batch of the log ${harm}`,
      in: "log",
      harm,
      log: { what: "record", harm },
      place: /^read from test\.numbers\/\d$/
    },
    {
      name: `the log's last batch ${harm}`,
      in: "log",
      harm,
      log: { what: "last batch", harm },
      place: /^kept in test\.numbers\/\d$/
    }
  ]),
  {
    name: "a batch of the log lost",
    in: "log",
    harm: "lost",
    log: { what: "batch" },
    place: /^read from test\.numbers\/\d$/
  }
]

/** Runs the three pipelines with one fault, or none. `choose`: one of so many. */
export const runFault = async (
  folder: string,
  fault: Fault | undefined,
  choose: (count: number) => number
): Promise<Audited> => {
  if (fault === undefined) return runPipelines(folder, pipelineNames)
  if (fault.in === "calls") {
    const { harm, segment, side } = fault
    let harms = 0
    const audited = await runPipelines(folder, pipelineNames, (pool) =>
      harmingPool(pool, { segment, side, harm, choose }, () => (harms += 1))
    )
    if (harms !== 1) throw new Error(`${fault.name}: harmed ${harms} times`)
    return audited
  }
  await runPipelines(folder, ["made"])
  await harmLog(join(folder, "log"), "test.numbers", fault.log, choose)
  // The last batch says that the stream has ended: without it no reader comes to an end.
  return runPipelines(folder, fault.log.what === "last batch" ? ["made"] : ["spread", "kept"])
}

/** What is wrong with what an audit said; empty when it said just what it should. */
export const missedBy = ({ alarmed, ledgers }: Audited, fault: Fault | undefined): readonly string[] => {
  const found = ledgers.flatMap(({ imbalances }) => imbalances)
  const said = JSON.stringify(found)
  if (fault === undefined) {
    const isClean = found.length === 0 && !alarmed && ledgers.every(({ balanced }) => balanced)
    return isClean ? [] : [`nothing was harmed, and it says ${said}`]
  }
  const hit = found.find(({ place }) => fault.place.test(place))
  if (hit === undefined) return [`${fault.name}: it says ${said}`]
  if (hit.records > 0 !== (fault.harm === "lost")) return [`${fault.name}: told as ${hit.records}`]
  return alarmed ? [] : [`${fault.name}: no alert sees it`]
}
