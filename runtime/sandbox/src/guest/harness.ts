import { closeRealm } from "./realm/close-realm.ts"
import { HostRequests } from "./realm/host-requests.ts"
import { MessageBudget } from "./realm/message-budget.ts"
import { RunClock } from "./realm/run-clock.ts"
import { HarnessState } from "./run/harness-state.ts"
import type { Harness } from "./run/harness-table.ts"
import { installSurface } from "./surface/install.ts"

/** `disabled`: names of guards that a test of the guards switches off. */
export function openHarness(disabled: readonly string[]): Harness {
  const clock = new RunClock()
  const requests = new HostRequests(clock)
  const messages = new MessageBudget(!contains(disabled, "log-budget"))
  installSurface({ clock, requests, messages })
  if (!contains(disabled, "prelude")) closeRealm()
  return new HarnessState(clock, requests, messages).table()
}

function contains(list: readonly string[], text: string): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] === text) return true
  return false
}
