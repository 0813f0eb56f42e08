import * as Effect from "effect/Effect"

/** Who waits for a partition to grow. Woken by the commit that makes it so; no polling. */
export interface Waiters {
  /** Answers when `isReady` holds: asked at once, and again at every notice for the partition. */
  readonly wait: (partition: string, isReady: () => boolean) => Effect.Effect<void>
  readonly notify: (partition: string) => void
}

export function makeWaiters(): Waiters {
  const waiting = new Map<string, Set<() => void>>()
  const remove = (partition: string, wake: () => void): void => {
    const set = waiting.get(partition)
    set?.delete(wake)
    if (set?.size === 0) waiting.delete(partition)
  }
  return {
    wait: (partition, isReady) =>
      Effect.callback<void>((resume) => {
        if (isReady()) return resume(Effect.void)
        const wake = (): void => {
          if (!isReady()) return
          remove(partition, wake)
          resume(Effect.void)
        }
        const set = waiting.get(partition) ?? new Set()
        waiting.set(partition, set.add(wake))
        return Effect.sync(() => remove(partition, wake))
      }),
    notify: (partition) => {
      Array.from(waiting.get(partition) ?? []).forEach((wake) => wake())
    }
  }
}
