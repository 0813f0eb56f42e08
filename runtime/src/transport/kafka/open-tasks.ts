import type { TaskId } from "../transport.ts"

/** Which keyed nodes' states tasks of this process write. */
export class OpenTasks {
  private readonly open: Map<string, number> = new Map()

  began(task: TaskId, keyedNode: string | undefined): void {
    this.add(task, keyedNode, 1)
  }

  ended(task: TaskId, keyedNode: string | undefined): void {
    this.add(task, keyedNode, -1)
  }

  isOpen(pipeline: string, node: string, partition: number): boolean {
    return this.open.has(`${pipeline}/${node}/${partition}`)
  }

  private add({ partition, pipeline }: TaskId, node: string | undefined, change: number): void {
    if (node === undefined) return
    const place = `${pipeline}/${node}/${partition}`
    const count = (this.open.get(place) ?? 0) + change
    if (count > 0) this.open.set(place, count)
    else this.open.delete(place)
  }
}
