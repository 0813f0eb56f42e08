import { createHash } from "node:crypto"
import { processingTimers, StateEntryWriter } from "@millrace/sdk/record"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { KeptEntry, TransportError, WantedStates } from "../transport.ts"
import { changelogFrame } from "./changelog.ts"
import type { KeptLayout } from "./kept-layout.ts"
import { readingOf } from "./local-copy.ts"
import type { CopyOf } from "./local-copy.ts"
import type { OutgoingFrame } from "./task-transaction.ts"

const pageEntries = 1_000
const fillBytes = 1024 * 1024

/** A partition of a changelog, and what the local store's slots stand for. */
interface FillPlace {
  readonly layout: KeptLayout
  readonly localSlots: readonly number[]
  readonly topic: string
  readonly partition: number
}

/** Of what a plan wants, as a number that a checkpoint's mark can be. */
export function digestOf({ key, states }: WantedStates): number {
  const text = JSON.stringify([
    key,
    states.map(({ schema, ...state }) => ({ ...state, schema: Buffer.from(schema ?? []).toString("hex") }))
  ])
  return createHash("sha256").update(text).digest().readUIntBE(0, 6)
}

/** Writes what the local store keeps of a partition into a changelog of this layout, a page of entries after the other. */
export const fillChangelog = Effect.fnUntraced(function* (
  { local, node, pipeline }: CopyOf,
  into: FillPlace,
  write: (frames: readonly OutgoingFrame[]) => Effect.Effect<void, TransportError>
): Effect.fn.Return<void, TransportError> {
  const { partition } = into
  const now = yield* Clock.currentTimeMillis
  let after: Uint8Array | undefined
  for (;;) {
    const page: readonly KeptEntry[] = yield* local.scanState(pipeline, node, {
      partition,
      limit: pageEntries,
      ...(after === undefined ? {} : { after })
    })
    after = page.at(-1)?.place
    if (after === undefined) return
    yield* write(framesOf(page, into, now))
  }
})

function framesOf(
  page: readonly KeptEntry[],
  { layout, localSlots, partition, topic }: FillPlace,
  now: number
): readonly OutgoingFrame[] {
  const { schemaPlace } = readingOf(layout)
  const frames: OutgoingFrame[] = []
  let writer = new StateEntryWriter()
  const finish = (): void => {
    const frame = changelogFrame(writer.sink.toBytes(), schemaPlace, now)
    if (frame !== undefined) frames.push({ topic, partition, frame, schemaId: 0 })
    writer = new StateEntryWriter()
  }
  for (const { expiry, key, mapKey, slot, value } of page) {
    const kept = slot >= processingTimers ? slot : layout.states[localSlots.indexOf(slot)]?.slot
    if (kept === undefined) continue
    writer.put(kept, key, mapKey, expiry, value)
    if (writer.sink.length > fillBytes) finish()
  }
  finish()
  return frames
}
