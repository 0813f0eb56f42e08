import { availableParallelism } from "node:os"
import type { SandboxPoolOptions } from "@millrace/sandbox"

/** A publisher's plugins would else share one core, however many partitions they have. */
const maxProcesses = 4

/**
 * Sandboxes as the program starts them. Reading a manifest takes a quarter of a second of CPU; where a machine is so busy that it
 * takes many times that, a sound bundle must not be refused for it. Who waits longer for one that hangs is its publisher.
 */
export const sandboxOptions: SandboxPoolOptions = {
  inspection: { deadlineMs: 20_000, memoryMiB: 128 },
  processesPerDomain: Math.min(maxProcesses, availableParallelism())
}
