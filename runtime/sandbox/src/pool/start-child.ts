import * as Effect from "effect/Effect"
import { childProgram } from "./child-program.ts"
import type { PlatformGuards } from "./guards.ts"
import type { PoolSettings } from "./pool-options.ts"
import { SandboxChild } from "./sandbox-child.ts"
import type { ChildEnded } from "./sandbox-child.ts"

const helloMs = 5000

/** A process of the operating system; it has to be greeted before it is asked. */
export function spawnChild(settings: PoolSettings, platform: PlatformGuards): SandboxChild {
  return new SandboxChild({ platform, disabled: settings.disabled, preamble: settings.preamble })
}

/** Waits until a process just started is ready for its first segment. */
export function greetChild(child: SandboxChild, settings: PoolSettings): Effect.Effect<void, ChildEnded> {
  const hello = { ask: "hello", disabled: [...settings.disabled] } as const
  return Effect.andThen(child.greeting, Effect.asVoid(child.ask(hello, [childProgram().harness], helloMs)))
}
