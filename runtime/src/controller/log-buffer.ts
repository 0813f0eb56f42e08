import type { LogLine } from "@millrace/sdk/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"

const keptLines = 5_000

/** The last lines that plugins and tasks logged, in memory; the newest 5,000 over all pipelines. */
export class LogBuffer extends Context.Service<
  LogBuffer,
  {
    readonly append: (line: LogLine) => void
    readonly recent: (filter: LogFilter) => readonly LogLine[]
    /** What comes after the call. A reader that does not keep up loses the oldest lines, not the writer's time. */
    readonly following: (filter: LogFilter) => Stream.Stream<LogLine>
  }
>()("millrace/controller/LogBuffer") {
  static readonly layer = Layer.effect(
    LogBuffer,
    Effect.gen(function* () {
      const lines: LogLine[] = []
      const published = yield* PubSub.sliding<LogLine>(1_000)
      return LogBuffer.of({
        append: (line) => {
          lines.push(line)
          // Cut in steps, so that a line costs no shift of the whole array.
          if (lines.length > 2 * keptLines) lines.splice(0, lines.length - keptLines)
          PubSub.publishUnsafe(published, line)
        },
        recent: (filter) =>
          lines.filter((line) => matches(filter, line)).slice(-Math.min(filter.limit, keptLines)),
        following: (filter) => Stream.filter(Stream.fromPubSub(published), (line) => matches(filter, line))
      })
    })
  )
}

export interface LogFilter {
  readonly pipeline: string
  readonly node: string | undefined
  readonly limit: number
}

const matches = (filter: LogFilter, line: LogLine): boolean =>
  line.pipeline === filter.pipeline && (filter.node === undefined || line.node === filter.node)
