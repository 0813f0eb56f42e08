import { registryHandlers } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import { Controller } from "../../controller/controller.ts"

/**
 * The registry's handlers, with what concerns a running pipeline carried out as well: a grant that is taken back stops
 * what it allowed, and a desired state is brought about.
 */
export const registryControl = (version: string) => {
  const handlers = registryHandlers(version)
  return {
    ...handlers,
    revokeGrant: (request: Parameters<typeof handlers.revokeGrant>[0]) =>
      Effect.andThen(
        handlers.revokeGrant(request),
        Controller.use((controller) => controller.recheck(request.params.pipeline))
      ),
    setDesiredState: (request: Parameters<typeof handlers.setDesiredState>[0]) => {
      const { body, caller, params } = request
      const change = Controller.use((controller) => {
        if (body.desired === "deleted") return controller.remove(params.pipeline, caller.name)
        return body.desired === "paused"
          ? controller.pause(params.pipeline, caller.name)
          : controller.resume(params.pipeline, caller.name)
      })
      return Effect.andThen(change, handlers.setDesiredState(request))
    }
  }
}
