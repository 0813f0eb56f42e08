import type { ApiError, BackupProgress, BackupRequest } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { Controller } from "../../controller/controller.ts"
import type { RunningPipelines } from "../../controller/running-pipelines.ts"
import type { Transport } from "../../transport/transport.ts"
import { type BackupOf, takeBackup } from "./take-backup.ts"

/** A backup under way, as the API tells of it: how far it is, and at last what was made. Who leaves ends it. */
export const backupLines = (request: BackupRequest, of: Omit<BackupOf, "tell">) =>
  Effect.map(Effect.context<Controller | RunningPipelines | Transport>(), (services) =>
    Stream.callback<BackupProgress, ApiError>((queue) =>
      takeBackup(request, { ...of, tell: (progress) => Effect.asVoid(Queue.offer(queue, progress)) }).pipe(
        Effect.provideContext(services),
        Effect.andThen((done) => Queue.offer(queue, { done })),
        Effect.andThen(Queue.end(queue))
      )
    )
  )
