import * as Effect from "effect/Effect"

// Parts that only some commands need are loaded when they are needed: the others answer in half the time.
export const loadPlatform = Effect.promise(() => import("../platform.ts"))
export const loadUpSettings = Effect.promise(() => import("../config/up-settings.ts"))
export const loadWorker = Effect.promise(async () => ({
  ...(await import("../work/start-worker.ts")),
  ...(await import("../work/platform-client.ts"))
}))
export const loadPublishing = Effect.promise(() => import("./publish/publish-folder.ts"))
export const loadBuilding = Effect.promise(() => import("./build-folder.ts"))
export const loadPathModules = Effect.promise(() => import("./path-module.ts"))
export const loadDev = Effect.promise(() => import("../dev/run-dev.ts"))
export const loadFindings = Effect.promise(() => import("../doctor/findings.ts"))
export const loadContracts = Effect.promise(() => import("../contract/index.ts"))
export const loadPackages = Effect.promise(() => import("../package/index.ts"))
export const loadBench = Effect.promise(() => import("../bench/run-bench.ts"))
export const loadTests = Effect.promise(() => import("../test/run-tests.ts"))
export const loadDurations = Effect.promise(() => import("../../pipeline/duration.ts"))
