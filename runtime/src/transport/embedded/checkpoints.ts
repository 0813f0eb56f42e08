import type { Checkpoint, TaskId } from "../transport.ts"
import type { Catalogue } from "./catalogue.ts"
import { checkpointText, readCheckpoint } from "../checkpoint-text.ts"
import { corrupt } from "./failure.ts"
import { afterPrefix, idPrefix, taskKey } from "./keys.ts"
import type { TaskCheckpoint } from "./retention.ts"
import type { Store } from "./store.ts"
import { openValue, sealValue } from "./value.ts"

/** The `checkpoints` database: what each task committed last. Synchronous; throws what the store throws, and `corrupt`. */
export class Checkpoints {
  private readonly folder: string
  private readonly store: Store
  private readonly catalogue: Catalogue

  constructor(folder: string, store: Store, catalogue: Catalogue) {
    this.folder = folder
    this.store = store
    this.catalogue = catalogue
  }

  /** `headId`: of the node that heads the task's chain. */
  get(headId: number, partition: number): Checkpoint | undefined {
    const stored = this.store.read(() => this.store.checkpoints.get(taskKey(headId, partition)))
    return stored === undefined ? undefined : this.decode(stored)
  }

  /** In a transaction of its own. */
  put(headId: number, partition: number, checkpoint: Checkpoint): void {
    this.store.write(() =>
      this.store.checkpoints.put(taskKey(headId, partition), sealValue(checkpointText(checkpoint)))
    )
  }

  ofPipeline(pipeline: string): readonly { readonly task: TaskId; readonly checkpoint: Checkpoint }[] {
    const found: { readonly task: TaskId; readonly checkpoint: Checkpoint }[] = []
    this.store.read(() => {
      for (const { node, id } of this.catalogue.nodesOf(pipeline)) {
        const start = idPrefix(id)
        const end = afterPrefix(start)
        const range = end === undefined ? { start } : { start, end }
        for (const { key, value } of this.store.checkpoints.entries(range))
          found.push({
            task: { pipeline, node, partition: key.readUInt16BE(4) },
            checkpoint: this.decode(value)
          })
      }
    })
    return found
  }

  /** Of every task that ever committed and is not forgotten, by the name that commits go by. */
  all(): readonly TaskCheckpoint[] {
    return this.store.read(() =>
      [...this.store.checkpoints.entries({})].map(({ key, value }) => ({
        task: `${key.readUInt32BE(0)}/${key.readUInt16BE(4)}`,
        offsets: this.decode(value).offsets
      }))
    )
  }

  private decode(stored: Buffer): Checkpoint {
    const value = openValue(stored)
    if (value === undefined) throw corrupt(this.folder, "a checkpoint fails its CRC")
    return readCheckpoint(value)
  }
}
