import { failpoints } from "../../registry/src/store/failpoint.ts"
import { killedPublish } from "../../registry/src/testing/killed-publish.ts"
import type { KillAt } from "../../registry/src/testing/killed-publish.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "publish-kills"
export const describe =
  "publishes killed at six named moments and at random: a version is there whole, with its audit entry, or not at all"

const wanted = 120

/** `count`: so many kills that hit; default 120. */
export async function run({ count = wanted, seed }: ProofOptions): Promise<ProofResult> {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return state / 0x7fff_ffff
  }
  const hits = new Map<string, number>()
  const notes: string[] = []
  let passed = 0
  let failed = 0
  for (let turn = 0; passed + failed < count; turn++) {
    const point = failpoints[turn % (failpoints.length + 1)]
    const at: KillAt = point ?? { ms: 150 + Math.floor(random() * 900) }
    const label = point ?? "random"
    const { ended, faults, isThere } = await killedPublish(at)
    // At random it may have been done already: that is no kill.
    if (ended !== "SIGKILL") continue
    hits.set(
      `${label}, ${isThere ? "there" : "not there"}`,
      (hits.get(`${label}, ${isThere ? "there" : "not there"}`) ?? 0) + 1
    )
    if (faults.length === 0) passed += 1
    else {
      failed += 1
      notes.push(`turn ${turn}, ${label}: ${faults.join("; ")}`)
    }
    if ((passed + failed) % 20 === 0)
      process.stdout.write(`publish-kills: ${passed + failed} of ${count}, ${failed} with a fault\n`)
  }
  notes.push([...hits].map(([label, times]) => `${label}: ${times}`).join(" · "))
  return { passed, failed, notes }
}
