import type { HostRequests } from "../realm/host-requests.ts"
import type { MessageBudget } from "../realm/message-budget.ts"
import type { RunClock } from "../realm/run-clock.ts"
import { globalObject } from "../realm/primordials.ts"
import { installBase64 } from "./base64.ts"
import { installClock } from "./clock.ts"
import { installConsole } from "./console.ts"
import { installCrypto } from "./crypto.ts"
import { installStructuredClone } from "./structured-clone.ts"
import { installTextCodec } from "./text-codec.ts"
import { installTimers, offer } from "./timers.ts"
import { installUrl } from "./url.ts"

export interface SurfaceParts {
  readonly clock: RunClock
  readonly requests: HostRequests
  readonly messages: MessageBudget
}

/** What a guest sees beside the language: a small, web-standard surface. */
export function installSurface(parts: SurfaceParts): void {
  installClock(parts.clock)
  installTimers(parts.requests)
  installConsole(parts.messages)
  installTextCodec()
  installStructuredClone()
  installUrl()
  installBase64()
  installCrypto(parts.clock)
  // Libraries find the global object by this name; without it some make code of text to get at it.
  offer("self", globalObject)
}
