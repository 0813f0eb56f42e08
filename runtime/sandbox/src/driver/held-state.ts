import type { StateLine } from "../segment.ts"

/** What of the state that it holds a guest still has when it is called: all, all but the call's partition's, or nothing. */
export type KeptState = "all" | "others" | "none"

/** About what a key takes in the guest beside its bytes, and how much more than on the wire its bytes take. */
const keyOverhead = 200
const byteFactor = 1.5

interface HeldPartition {
  readonly line: StateLine
  /** Commits of the line when the last call was made that changed state; -1: none did. */
  readonly changedAt: number
  /** That call. */
  readonly changedBy: object | undefined
  /** Ids of the keys whose state the guest holds whole. */
  readonly keys: Set<string>
  readonly bytes: number
}

/**
 * Which keys' state a guest holds from earlier calls, so that only the others' is read and sent. The guest keeps what it is
 * given and what it changed itself; this is the owner's account of it, bounded, and forgotten as a whole.
 *
 * INVARIANT: a partition's state counts as held only while every call that changed it was followed by a commit of the same
 * owner: what was not committed was never in the state.
 */
export class HeldState {
  private maxBytes: number
  private readonly partitions: Map<number, HeldPartition> = new Map()
  private bytes = 0

  /** `maxBytes`: about how much memory of the guest it may take. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** The guest is a new one, and holds nothing. */
  reset(): void {
    this.partitions.clear()
    this.bytes = 0
  }

  /** The guest needed more memory than it has: from now on it keeps less. */
  shrink(): void {
    this.maxBytes /= 4
  }

  /** What a run of a call on the partition may leave out. Without a line the guest keeps nothing. */
  look(partition: number, line: StateLine | undefined, call: object): Holding {
    const known = this.partitions.get(partition)
    const isSound =
      known !== undefined &&
      known.line.owner === line?.owner &&
      (known.changedBy === call || known.changedAt < line.commits())
    if (this.bytes > this.maxBytes) return new Holding("none", partition, line, undefined)
    return new Holding(isSound ? "all" : "others", partition, line, isSound ? known : undefined)
  }

  /** The run begins: until {@link keep}, the partition's state counts as lost. */
  lose({ kept, partition }: Holding): void {
    if (kept === "none") return this.reset()
    this.bytes -= this.partitions.get(partition)?.bytes ?? 0
    this.partitions.delete(partition)
  }

  /** The run went well: the guest holds what it held, what it was given and what it changed (bytes of state entries). */
  keep(holding: Holding, call: object, given: number, changed: number): void {
    const { known, line, missing, partition } = holding
    if (line === undefined) return
    const keys = known?.keys ?? new Set()
    for (const id of missing.keys()) keys.add(id)
    const bytes = (known?.bytes ?? 0) + missing.size * keyOverhead + byteFactor * (given + changed)
    const hasChanged = changed > 0
    this.partitions.set(partition, {
      line,
      changedAt: hasChanged ? line.commits() : (known?.changedAt ?? -1),
      changedBy: hasChanged ? call : known?.changedBy,
      keys,
      bytes
    })
    this.bytes += bytes
  }
}

/** What is held of a call's partition, and which of the call's keys are not. */
export class Holding {
  readonly kept: KeptState
  readonly partition: number
  readonly line: StateLine | undefined
  readonly known: HeldPartition | undefined
  /** By id. */
  readonly missing: Map<string, Uint8Array | null> = new Map()

  constructor(
    kept: KeptState,
    partition: number,
    line: StateLine | undefined,
    known: HeldPartition | undefined
  ) {
    this.kept = kept
    this.partition = partition
    this.line = line
    this.known = known
  }

  /** The guest does not hold the key. */
  lacks(id: string): boolean {
    return this.known === undefined
      ? !this.missing.has(id)
      : !this.known.keys.has(id) && !this.missing.has(id)
  }
}
