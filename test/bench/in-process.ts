import { constants, createContext, runInContext } from "node:vm"
import { BatchWriter, maxFrameBytes, openBatch } from "@millrace/sdk/record"
import type { SegmentSpec } from "@millrace/sandbox"
import { readDone } from "../../runtime/sandbox/src/child/done-call.ts"
import { partsOf } from "../../runtime/sandbox/src/child/text-parts.ts"
import { headJson } from "../../runtime/sandbox/src/driver/call-head.ts"
import { applyEdits } from "../../runtime/sandbox/src/driver/apply-edits.ts"
import { openQuestion } from "../../runtime/sandbox/src/driver/loaded-in.ts"
import type { Harness } from "../../runtime/sandbox/src/guest/run/harness-table.ts"
import { makeModuleText } from "../../runtime/sandbox/src/loader/module-text.ts"

const noBids = (): Uint8Array => {
  const writer = new BatchWriter()
  writer.begin(new Uint8Array(32))
  return writer.finish()
}

/**
 * A segment of one node without its sandbox: the same harness, codecs and bundle, in a realm of this process, called with frames
 * as the sandbox process calls them; what is told as edits is made a frame here. What the sandbox costs is what a call of the pool
 * takes more than this.
 */
export class InProcessSegment {
  private readonly harness: Harness
  private readonly head: string
  private readsText = false

  constructor(spec: SegmentSpec) {
    const [node] = spec.nodes
    if (node === undefined || spec.nodes.length > 1) throw new RangeError("one node, please")
    const context = createContext(constants.DONT_CONTEXTIFY)
    const program = makeModuleText(
      new URL("../../runtime/sandbox/src/guest/harness.ts", import.meta.url).href
    ).text
    const { openHarness } = runInContext(`(function () {\n${program}\n})()`, context)
    this.harness = openHarness([])
    const { settings, texts } = openQuestion(0, spec, 0)
    for (const { kind, name, text } of texts)
      this.harness.define(kind, name, runInContext(`(${text}\n)`, context))
    runInContext(node.bundle, context)
    const failure = this.harness.open(JSON.stringify(settings))
    if (failure !== "") throw new Error(failure)
    this.head = headJson(
      {
        partition: 0,
        now: 1_436_918_400_000,
        seed: new Uint8Array(32),
        head: { kind: "records", inputs: [], end: false },
        tables: []
      },
      { isLastResort: false, isEnd: false, run: 0, tokenJson: undefined, kept: "all", special: undefined },
      {
        inputs: [{ input: "input", topic: "bids", topicPartition: 0, baseOffset: 0n, frame: noBids() }],
        count: 0
      }
    )
  }

  /** The first output's frame; undefined when there is none. */
  run(frame: Uint8Array): Uint8Array | undefined {
    const { buffer } = frame.slice()
    const head = this.head.replace('"count":0', `"count":${InProcessSegment.count(frame)}`)
    const texts = this.readsText ? partsOf(Buffer.from(buffer)) : []
    const status = this.harness.run(head, false, undefined, 0, buffer, frame.length, ...texts)
    if (!status.startsWith("Dt")) throw new Error(status)
    const { frames, readsText } = readDone(status.slice(1), 0)
    this.readsText = readsText
    const place = frames.findIndex(({ role }) => role === "output" || role === "edits")
    const buffered = place < 0 ? undefined : this.harness.take(place)
    if (buffered === undefined) return undefined
    const taken = new Uint8Array(buffered)
    return frames[place]?.role === "edits" ? applyEdits(taken, [{ frame }], maxFrameBytes) : taken
  }

  /** Records of a frame. */
  static count(frame: Uint8Array): number {
    return openBatch(frame).count
  }
}
