import * as Effect from "effect/Effect"
import { childProgram } from "./child-program.ts"
import type { PlatformGuards } from "./guards.ts"
import type { PoolSettings } from "./pool-options.ts"
import { SandboxChild } from "./sandbox-child.ts"
import type { ChildEnded } from "./sandbox-child.ts"

const helloMs = 5000

/** A process of the operating system; it has to be greeted before it is asked. */
export function spawnChild(settings: PoolSettings, platform: PlatformGuards): SandboxChild {
  const { disabled, pages, preamble } = settings
  return new SandboxChild({ platform, disabled, pages, preamble })
}

/** Waits until a process just started is ready for its first segment. */
export function greetChild(child: SandboxChild, settings: PoolSettings): Effect.Effect<void, ChildEnded> {
  const hello = { ask: "hello", disabled: [...settings.disabled] } as const
  return Effect.andThen(child.greeting, Effect.asVoid(child.ask(hello, [childProgram().harness], helloMs)))
}

/** Has it run a bundle's library ahead (bundle-parts.ts). One that fails or takes too long is met again with its bundle. */
export function preloadChild(
  child: SandboxChild,
  { inspection }: PoolSettings,
  library: string
): Effect.Effect<void, ChildEnded> {
  const { deadlineMs: timeoutMs, memoryMiB } = inspection
  return Effect.asVoid(
    child.ask({ ask: "preload", memoryMiB, timeoutMs }, [Buffer.from(library, "utf8")], timeoutMs)
  )
}
