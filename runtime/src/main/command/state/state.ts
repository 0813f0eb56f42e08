import type { KeyState, StateKeys } from "@millrace/sdk/api"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "../connect.ts"
import { limitFlag } from "../number-flag.ts"
import { printJson, printLines, printTable, say } from "../../terminal/print.ts"
import { paint, printable } from "../../terminal/style.ts"

const show = Command.make(
  "show",
  {
    pipeline: Argument.String("pipeline").pipe(Argument.withDescription("Name of the pipeline")),
    node: Argument.String("node").pipe(Argument.withDescription("A node that keeps state")),
    key: Argument.String("key").pipe(
      Argument.optional,
      Argument.withDescription(
        "Show this key alone: its value, of several fields a JSON array; default: list the keys"
      )
    ),
    limit: limitFlag.pipe(
      Flag.withDefault(50),
      Flag.withDescription("Most keys, or entries of a map, to show; default: 50")
    ),
    after: Flag.String("after").pipe(Flag.optional, Flag.withDescription("Go on behind an earlier page"))
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const params = { pipeline: input.pipeline, node: input.node }
      const { limit } = input
      if (Option.isSome(input.key)) {
        const state = yield* client.keyState({ params, query: { key: input.key.value, limit } })
        return yield* json ? printJson(state) : printKey(state)
      }
      const after = Option.isSome(input.after) ? { after: input.after.value } : {}
      const keys = yield* client.stateKeys({ params, query: { limit, ...after } })
      return yield* json ? printJson(keys) : printKeys(keys)
    })
).pipe(
  Command.withDescription("Show what a node keeps: its keys, or all of one key: values, map entries, timers"),
  Command.withExamples([
    { command: "millrace state show movies seen", description: "The keys" },
    { command: "millrace state show movies seen tt0111161", description: "What is kept of one" },
    {
      command: `millrace state show sales totals '["eu","2026-01-01"]' --json`,
      description: "A key of two fields, for a program"
    }
  ])
)

const timeText = (time: number): string => {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString()
}

const printKeys = Effect.fn("printKeys")(function* ({ keys, next }: StateKeys) {
  yield* printTable(
    ["KEY", "STATE", "KEPT", "EXPIRES", "PARTITION"],
    keys.map(({ entries, expires, key, partition, state, value }) => [
      key,
      state,
      entries === undefined ? JSON.stringify(value) : `${entries} ${entries === 1 ? "entry" : "entries"}`,
      expires === undefined ? "never" : timeText(expires),
      String(partition)
    ]),
    "nothing is kept"
  )
  if (next !== null) yield* say(`there are more: --after ${next}`)
})

const printKey = Effect.fn("printKey")(function* (state: KeyState) {
  yield* Console.log(paint("bold", printable(`${state.key} (partition ${state.partition})`)))
  for (const { entries, isCut, kind, state: name } of state.states) {
    yield* printLines([
      printable(`${name} (${kind})${entries.length === 0 ? ": nothing" : ""}`),
      ...entries.map(({ expires, mapKey, value }) =>
        printable(
          `  ${mapKey === undefined ? "" : `${JSON.stringify(mapKey)}: `}${JSON.stringify(value)}${expires === undefined ? "" : `, until ${timeText(expires)}`}`
        )
      ),
      ...(isCut ? ["  … more: raise --limit"] : [])
    ])
  }
  if (state.timers.length === 0) return
  yield* printLines([
    "timers",
    ...state.timers.map(({ clock, tag, time }) =>
      printable(
        `  ${timeText(time)} by ${clock === "event" ? "event time" : "the clock"}${tag === "" ? "" : `: ${tag}`}`
      )
    )
  ])
})

/** `millrace state show` */
export const stateCommand = Command.make("state").pipe(
  Command.withDescription("What nodes keep by key"),
  Command.withSubcommands([show])
)
