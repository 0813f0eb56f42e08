import { getHeapStatistics, setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import type { GuestIsolate } from "./guest-isolate.ts"

/** Less than this is not worth the milliseconds that a collection takes. */
const leastGrowthBytes = 4 * 1024 * 1024
/** Larger heaps take long to collect, and whoever calls meanwhile waits. */
const mostUsedBytes = 64 * 1024 * 1024
/** All that is dead, code that was not run for long, and young generations that grew back to what they were at first. */
const collectAll = "gc({ type: 'major', flavor: 'last-resort' })"

/**
 * Gives memory back that heaps of this process took for work that is done: V8 collects a heap when it is nearly full, and an isolate
 * that is called once a minute never is. Of fifty opened plugins a third of what they held was left over from opening them.
 */
export class GiveBack {
  /** What each heap held after it was collected; {@link own} stands for the process's. */
  private readonly left = new WeakMap<object, number>()
  private readonly own = {}

  /** Collects the first heap that has grown since. False: there was none. */
  next(isolates: Iterable<GuestIsolate>): boolean {
    for (const guest of isolates) {
      const { isolate } = guest
      if (isolate.isDisposed) continue
      const heldBytes = () => isolate.getHeapStatisticsSync().total_physical_size
      const isLarge = isolate.getHeapStatisticsSync().used_heap_size > mostUsedBytes
      if (!isLarge && this.collect(guest, heldBytes, () => collectIsolate(guest))) return true
    }
    const heldBytes = () => getHeapStatistics().total_physical_size
    return this.collect(this.own, heldBytes, () => withCollector(() => runInNewContext(collectAll)))
  }

  private collect(heap: object, heldBytes: () => number, run: () => void): boolean {
    if (heldBytes() - (this.left.get(heap) ?? 0) < leastGrowthBytes) return false
    run()
    this.left.set(heap, heldBytes())
    return true
  }
}

/** In a context that no guest has been in or will be. */
function collectIsolate({ isolate }: GuestIsolate): void {
  const context = withCollector(() => isolate.createContextSync())
  try {
    context.evalSync(collectAll)
  } finally {
    context.release()
  }
}

/** Only contexts that are made meanwhile have `gc`: a guest that had it could stop everybody. */
function withCollector<A>(make: () => A): A {
  setFlagsFromString("--expose-gc")
  try {
    return make()
  } finally {
    setFlagsFromString("--no-expose-gc")
  }
}
