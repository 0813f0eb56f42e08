import { GuestIsolate } from "./guest-isolate.ts"
import type { CompiledCode } from "./guest-isolate.ts"

/** Beyond these an isolate's own cost is little of each, and one that is stopped takes more of them with it. */
const maxMembers = 32
/** Of what one segment may take, what all may have together before one of them is called. */
const commonShare = 0.5
/** Of that share, what may be taken where another one comes: a realm takes a megabyte, and calls leave what is not yet collected. */
const fullShare = 0.75

/**
 * An isolate for segments that keep nothing between two calls: its own 1.5 MiB and 4 ms are theirs together. INVARIANT: whoever is
 * called finds room for all that it declared, so that nobody is refused memory, or stopped, for what another holds.
 */
export class SharedIsolate extends GuestIsolate {
  private readonly memoryMiB: number
  private lastCalled = -1

  /** `memoryMiB`: what each segment declared. */
  constructor(memoryMiB: number, harness: string, disabled: readonly string[], code: CompiledCode) {
    super(memoryMiB * (1 + commonShare), harness, disabled, code)
    this.memoryMiB = memoryMiB
  }

  hasRoom(memoryMiB: number): boolean {
    const isFit = !this.isolate.isDisposed && this.memoryMiB === memoryMiB
    return isFit && this.members.size < maxMembers && !this.holds(fullShare)
  }

  /**
   * To be asked before a member is called. Answers who was called last when its members hold too much together: it was in that
   * call that they came to, and the isolate is to end.
   */
  enter(segment: number): number | undefined {
    if (this.members.size > 1 && this.holds(1)) return this.lastCalled
    this.lastCalled = segment
    return undefined
  }

  /** Whether so much of what all may have together is taken. */
  private holds(share: number): boolean {
    const { externally_allocated_size: external, used_heap_size: used } = this.isolate.getHeapStatisticsSync()
    return used + external > this.memoryMiB * commonShare * share * 1024 * 1024
  }
}
