import type { Config } from "./config.ts"
import { graphql } from "./graphql.ts"
import type { Form } from "./question.ts"
import { rest } from "./rest.ts"

/** How the config asks. */
export const formOf = (config: Config): Form =>
  config.graphql === undefined ? rest(config) : graphql(config, config.graphql)
