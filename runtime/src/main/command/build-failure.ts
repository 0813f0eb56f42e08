import { BundleError, formatChains, type ManifestError, ProjectError } from "@millrace/sdk/build"
import { CommandError, CommandErrors } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** Why a package was not built, in the command line's form: every offence at its line. */
export const buildFailed =
  (where: string) =>
  (error: BundleError | ManifestError | ProjectError): CommandError | CommandErrors => {
    if (error instanceof BundleError)
      return new CommandErrors({
        errors: error.offences.map(
          (offence) =>
            new CommandError({
              code: `BUNDLE_${offence.code}`,
              message: [offence.message, ...formatChains(offence)].join("\n"),
              where: `${offence.file}${offence.line === 0 ? "" : `:${offence.line}:${offence.column}`}`,
              remedy: offence.remedy,
              exit: exitCode.badInput
            })
        )
      })
    if (error instanceof ProjectError)
      return new CommandError({
        code: "PROJECT_INVALID",
        message: error.reason,
        where: error.file,
        remedy: error.remedy,
        exit: exitCode.badInput
      })
    return new CommandError({
      code: "MANIFEST_UNREADABLE",
      message: error.reason,
      where: error.where ?? where,
      remedy:
        error.remedy ??
        "the module must load without side effects, and export plugins made by defineProcessor, defineSource or defineSink",
      exit: exitCode.badInput
    })
  }
