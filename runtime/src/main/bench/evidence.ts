import type { PluginManifest } from "@millrace/sdk/manifest"
import type { Evidence, FieldUse } from "./findings.ts"
import type { Measured } from "./measure.ts"
import type { Parts, RecordCosts } from "./shares.ts"
import type { Subject } from "./subject.ts"
import type { Totals } from "./totals.ts"

/** What a record took of each process. `codec`: microseconds of a record, by itself. */
export const costsOf = (
  { full, sandboxMicros, withoutBody }: Measured,
  codec: number | undefined
): RecordCosts => {
  const { callMicros, commitMicros, guestMicros, records } = full
  const platform = callMicros + commitMicros
  // The process's own time is told in steps of 10 ms, the guest's part of it in microseconds.
  const sandbox = Math.max(sandboxMicros ?? 0, guestMicros)
  return {
    total: (platform + sandbox) / records,
    guest: guestMicros / records,
    guestWithoutBody: withoutBody === undefined ? undefined : withoutBody.guestMicros / withoutBody.records,
    codec,
    call: callMicros / records,
    callWithoutBody: withoutBody === undefined ? undefined : withoutBody.callMicros / withoutBody.records,
    platform: platform / records
  }
}

/** What the rules of findings.ts look at. */
export const evidenceOf = (
  manifest: PluginManifest,
  { batches, bytesIn, bytesOut, failed, firstFailure, records, stateBytes }: Totals,
  {
    fields,
    parts,
    shares
  }: { readonly parts: Parts; readonly shares: Parts; readonly fields: readonly FieldUse[] }
): Evidence => ({
  shares,
  parts,
  failedShare: failed / records,
  failureCode: firstFailure?.tag ?? firstFailure?.code,
  bytesIn: bytesIn / records,
  bytesOut: bytesOut / records,
  stateBytes: stateBytes / records,
  recordsPerBatch: records / batches,
  fields,
  manifest
})

export interface Circumstances {
  readonly measured: Measured
  readonly codec: number | undefined
  readonly isSteady: boolean
  readonly subject: Subject
}

/** What a reader should know before believing the figures. */
export const notesOf = ({ codec, isSteady, measured, subject }: Circumstances): readonly string[] => {
  const { manifest } = subject
  const says = (isSo: boolean, note: string): readonly string[] => (isSo ? [note] : [])
  return [
    ...says(
      !isSteady,
      "two passes in a row never took the same within 5 %: something else runs here, or it still warms up"
    ),
    ...says(
      measured.withoutBody === undefined,
      "body and hop could not be told apart in the sandbox: what is not the codec's is all called the body's"
    ),
    ...says(
      codec === undefined,
      "the codecs could not be measured by themselves: their part is in that of the hop"
    ),
    ...says(
      measured.sandboxMicros === undefined,
      "the sandbox process was killed meanwhile: its time beside the plugin's is not in these figures"
    ),
    ...says(manifest.timers, "timers are set, and do not fire here"),
    ...says(
      manifest.state.length > 0,
      "the same records come again and again: state is as large as they make it, and what counts as seen has been seen"
    )
  ]
}
