import { openBatch, sealBatch } from "@millrace/sdk/record"
import { baseOffsetOf, logKey } from "../../runtime/src/transport/embedded/keys.ts"
import { openStore } from "../../runtime/src/transport/embedded/store.ts"
import {
  openValue,
  sealFrameCrc,
  sealInPlace,
  valuePrefixBytes
} from "../../runtime/src/transport/embedded/value.ts"
import { type Harm, harmed } from "./tamper.ts"

/** What is done to a partition's batches while no platform is up; every CRC is right afterwards. */
export type LogHarm =
  | { readonly what: "record"; readonly harm: Harm }
  | { readonly what: "batch" }
  | { readonly what: "last batch"; readonly harm: Harm }

/** Harms one batch of the partition that has most of them. `choose`: one of so many. */
export const harmLog = async (
  folder: string,
  topic: string,
  harm: LogHarm,
  choose: (count: number) => number
): Promise<void> => {
  const store = openStore(folder, { readOnly: false })
  const row = store.read(() => store.meta.get(Buffer.from(`topic:${topic}`)))
  const { id }: { id: number } = JSON.parse(openValue(row ?? Buffer.alloc(0))?.toString() ?? "{}")
  const partitions = [0, 1].map((partition) => {
    const range = { start: logKey(id, partition, 0n), end: logKey(id, partition + 1, 0n) }
    return store.read(() =>
      [...store.log.entries(range)].map(({ key, value }) => ({
        key: Buffer.from(key),
        frame: new Uint8Array(openValue(Buffer.from(value)) ?? [])
      }))
    )
  })
  const [batches = []] = partitions.toSorted((a, b) => b.length - a.length)
  // Batches of control records say what tasks do: to lose one is another matter.
  const whole = batches.filter(({ frame }) => !openBatch(frame).hasControl)
  const last = batches.at(-1)
  const middle = whole[choose(whole.length - 1)]
  if (middle === undefined || last === undefined || whole.length < 3) throw new Error("too few batches")
  store.write(() => {
    if (harm.what === "record") {
      const changed = harmed(middle.frame, choose(openBatch(middle.frame).count), harm.harm)
      store.log.put(middle.key, sealed(changed, middle.frame))
    } else if (harm.what === "batch") store.log.remove(middle.key)
    else if (harm.harm === "lost") store.log.remove(last.key)
    else {
      const end = baseOffsetOf(last.key) + BigInt(openBatch(last.frame).count)
      store.log.put(logKey(id, last.key.readUInt16BE(4), end), sealed(last.frame, last.frame))
    }
  })
  await store.close()
}

/** As the log keeps a batch, made by who made the other. */
const sealed = (frame: Uint8Array, like: Uint8Array): Buffer => {
  const { partition, producer, sequence, watermark } = openBatch(like)
  const stored = Buffer.alloc(valuePrefixBytes + frame.length)
  stored.set(frame, valuePrefixBytes)
  const copy = stored.subarray(valuePrefixBytes)
  sealBatch(copy, { producer, partition, sequence, watermark })
  sealFrameCrc(copy)
  return sealInPlace(stored)
}
