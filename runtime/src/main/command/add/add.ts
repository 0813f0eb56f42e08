import * as Command from "effect/cli/Command"
import { addContractCommand } from "./add-contract.ts"

/** `millrace add contract …` */
export const addCommand = Command.make("add").pipe(
  Command.withDescription("Take a contract or a package from the registry into this project"),
  Command.withSubcommands([addContractCommand])
)
