import * as Command from "effect/cli/Command"
import { addCommand } from "./add/add.ts"
import { typesCommand } from "./add/types-command.ts"
import { applyCommand } from "./apply.ts"
import { auditCommand } from "./audit.ts"
import { backupCommand } from "./life/backup.ts"
import { restoreCommand } from "./life/restore.ts"
import { benchCommand } from "./bench.ts"
import { buildCommand } from "./build.ts"
import { searchCommand } from "./find/search.ts"
import { showCommand } from "./find/show.ts"
import { streamCommand } from "./find/stream.ts"
import { loginCommand, logoutCommand } from "./account/login.ts"
import { tokenCommand } from "./account/token.ts"
import { deprecateCommand, yankCommand } from "./publish/mark.ts"
import { consoleCommand } from "./console.ts"
import { completionCommand } from "./completion.ts"
import { costCommand } from "./cost.ts"
import { deadLetterCommand } from "./dead-letter.ts"
import { devCommand } from "./dev.ts"
import { doctorCommand } from "./doctor.ts"
import { downCommand } from "./down.ts"
import { alertsCommand } from "./observe/alerts.ts"
import { dashboardCommand } from "./observe/dashboard.ts"
import { pipelineCommand } from "./pipeline.ts"
import { planCommand } from "./plan.ts"
import { publishCommand } from "./publish/publish.ts"
import { root } from "./root.ts"
import { runCommand } from "./run.ts"
import { secretCommand } from "./secret/secret.ts"
import { stateCommand } from "./state/state.ts"
import { statusCommand } from "./status.ts"
import { testCommand } from "./test.ts"
import { traceCommand } from "./trace.ts"
import { topicCommand } from "./topic.ts"
import { upCommand } from "./up.ts"
import { workerCommand } from "./worker.ts"
import { logsCommand, tapCommand } from "./watch.ts"

const whole = (): Command.Command.Any => millrace

/** The whole command line. */
export const millrace = root.pipe(
  Command.withSubcommands([
    {
      group: "Platform",
      commands: [
        upCommand,
        workerCommand,
        downCommand,
        statusCommand,
        consoleCommand,
        doctorCommand,
        backupCommand,
        restoreCommand
      ]
    },
    {
      group: "Pipelines",
      commands: [planCommand, applyCommand, runCommand, pipelineCommand, auditCommand, costCommand]
    },
    { group: "Dashboards and alerts", commands: [alertsCommand, dashboardCommand] },
    {
      group: "Records",
      commands: [logsCommand, tapCommand, traceCommand, topicCommand, deadLetterCommand, stateCommand]
    },
    {
      group: "Plugins",
      commands: [
        devCommand,
        testCommand,
        benchCommand,
        buildCommand,
        publishCommand,
        yankCommand,
        deprecateCommand
      ]
    },
    { group: "Access", commands: [loginCommand, logoutCommand, tokenCommand, secretCommand] },
    {
      group: "Contracts and packages",
      commands: [searchCommand, showCommand, streamCommand, addCommand, typesCommand]
    },
    completionCommand(whole)
  ])
)
