import { upFileSchema } from "../../runtime/src/main/config/up-file.ts"
import { cliPage } from "./cli/cli-page.ts"
import { errorsPage } from "./errors/errors-page.ts"
import { conformancePage } from "./reference/conformance-page.ts"
import { performancePage, throughputChart, timeChart } from "./performance/performance-page.ts"
import { pipelinePage } from "./reference/pipeline-page.ts"
import { sdkPage } from "./reference/sdk-page.ts"
import { expressionsPage } from "./expressions-page.ts"

/** A page that is written by `npm run docs`. */
export interface GeneratedPage {
  /** From the repository's root. */
  readonly path: string
  readonly make: () => Promise<string>
}

export const generatedPages: readonly GeneratedPage[] = [
  { path: "docs/errors.md", make: async () => errorsPage() },
  { path: "docs/reference/cli.md", make: cliPage },
  { path: "docs/reference/pipeline-file.md", make: async () => pipelinePage() },
  { path: "docs/up.schema.json", make: async () => upFileSchema() },
  { path: "docs/reference/sdk.md", make: async () => sdkPage() },
  { path: "docs/reference/conformance.md", make: async () => conformancePage() },
  { path: "docs/reference/expressions.md", make: async () => expressionsPage() },
  { path: "docs/performance.md", make: async () => performancePage() },
  { path: "docs/performance/throughput.svg", make: async () => throughputChart() },
  { path: "docs/performance/time-and-memory.svg", make: async () => timeChart() }
]

/** The page's text as it is written: one line break at its end. */
export const textOf = async ({ make }: GeneratedPage): Promise<string> => `${(await make()).trimEnd()}\n`
