import { createHash } from "node:crypto"
import type { Inspection } from "./inspect.ts"

const maxBytes = 32 * 1024 * 1024

/**
 * What bundles answered when they were read. A bundle gets no capability and no clock there, so that its answer is its own
 * alone; to hold on to the first one also denies it a second opinion. The least recently used answers go.
 */
export class InspectionCache {
  private readonly answers = new Map<string, string>()
  private bytes = 0

  get(inspection: Inspection): string | undefined {
    const name = nameOf(inspection)
    const answer = this.answers.get(name)
    if (answer === undefined) return undefined
    this.answers.delete(name)
    this.answers.set(name, answer)
    return answer
  }

  put(inspection: Inspection, answer: string): void {
    const name = nameOf(inspection)
    if (this.answers.has(name)) return
    this.answers.set(name, answer)
    this.bytes += answer.length * 2
    for (const [oldest, text] of this.answers) {
      if (this.bytes <= maxBytes) break
      this.answers.delete(oldest)
      this.bytes -= text.length * 2
    }
  }
}

function nameOf({ bundle, isDerive, plugin, requestJson }: Inspection): string {
  const bundleHash = createHash("sha256").update(bundle).digest("base64")
  const request = createHash("sha256").update(JSON.stringify([isDerive, plugin, requestJson]))
  return bundleHash + request.digest("base64")
}
