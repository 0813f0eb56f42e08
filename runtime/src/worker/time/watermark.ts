/**
 * Event time in the log. A watermark W says of a producing task: no record with a timestamp below W will follow. Each
 * batch's header carries its producer's; control records say when a task idles, goes on or has ended, and how many tasks
 * a chain has. So whoever reads a topic from its start knows the same as whoever read it live.
 *
 * What a task knows of its producers stands in its checkpoint's watermarks, under these names.
 */

/** The watermark of who will never send again: the last instant that a JavaScript date can hold, ms since 1970. */
export const finalWatermark = 8_640_000_000_000_000

/** The chain has ended: {@link finalWatermark}. `producer` is `PIPELINE/HEAD`. */
export const endName = (topic: string, producer: string): string => `${topic} ${producer}`

/** Number of tasks that the chain has. */
export const tasksName = (topic: string, producer: string): string => `${topic} ${producer} tasks`

/** Last watermark of one of its tasks. */
export const watermarkName = (topic: string, producer: string, task: number): string =>
  `${topic} ${producer} ${task}`

/** 1 while the task idles, else 0. */
export const idleName = (topic: string, producer: string, task: number): string =>
  `${topic} ${producer} ${task} idle`

/** Of a source's task: the highest timestamp that its partition gave. */
export const newestName = "newest"

/** Of a task that is fed by topics: how far its own event time has come. */
export const reachedName = "reached"

/** Of any task: 1 while it has told its readers that it idles, else 0. */
export const toldIdleName = "idle"

/** Of a chain's own task: the number of tasks that it has announced. */
export const announcedName = "tasks"
