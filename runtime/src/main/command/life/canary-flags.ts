import type { CanaryWish } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"

/** What `--canary` and `--canary-partitions` ask for together; undefined: nothing. */
export const readCanaryFlags = Effect.fn("readCanaryFlags")(function* (flags: {
  readonly canary?: Option.Option<string>
  readonly canaryPartitions?: Option.Option<string>
}): Effect.fn.Return<CanaryWish | undefined, CommandError> {
  const share = Option.getOrUndefined(flags.canary ?? Option.none())
  const list = Option.getOrUndefined(flags.canaryPartitions ?? Option.none())
  if (share !== undefined && list !== undefined)
    return yield* usage("--canary-partitions", "--canary says how many already", "give one of the two")
  if (share !== undefined) {
    const percent = /^\d{1,2}%?$/.test(share) ? Number.parseInt(share, 10) : 0
    if (percent < 1)
      return yield* usage("--canary", `${JSON.stringify(share)} is no share`, "write 1% to 99%, such as 25%")
    return { percent }
  }
  if (list === undefined) return undefined
  const [first, ...rest] = list.split(",").map((each) => (/^ *\d{1,5} *$/.test(each) ? Number(each) : -1))
  if (first === undefined || [first, ...rest].some((partition) => partition < 0))
    return yield* usage(
      "--canary-partitions",
      `${JSON.stringify(list)} is no list of partitions`,
      "write 0,3"
    )
  return { partitions: [first, ...rest] }
})

const usage = (where: string, message: string, remedy: string) =>
  new CommandError({ code: "USAGE", message, where, remedy, exit: exitCode.usage })
