import { readFileSync } from "node:fs"
import { join } from "node:path"
import { isTest, root, sources } from "../house/floors.ts"

/** A code in the source, and the first file that it stands in. */
export type SourceCodes = ReadonlyMap<string, string>

const folders = ["sdk/src", "runtime/src", "runtime/sandbox/src", "registry/src", "plugins"]

/** Where names in capitals are SQL's or Kafka's words, sample words, or tests' own. */
const otherWords =
  /^sdk\/src\/expression\/|^runtime\/src\/transport\/kafka\/(?:client|group)\/|(?<!^sdk\/src)\/testing\/|sample-words|^runtime\/sandbox\/src\/fixture\//

const text = (file: string): string =>
  readFileSync(join(root, file), "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$/gm, "")

/** Whatever is written as a code of an error is one; so is every word in capitals that is joined by underscores. */
const patterns = [
  /"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g,
  /\bcode: (?:[\w. =!()]+\? ?)?"([A-Z][A-Z0-9_]*)"/g,
  /\b(?:apiError|segmentError|taskFailure|failed|httpFailure|refuse|unclear|loadFailed|new (?:RequestRefused|HostRefusal|CodecFault|CodecError|FrameFault))\(\s*"([A-Z][A-Z0-9_]*)"/g
]
const inExpressions = /"(EXPRESSION_[A-Z_]+)"/g

/** Words joined by underscores that are no codes. */
const notCodes = new Set([
  "XDG_CONFIG_HOME",
  "NODE_COMPILE_CACHE",
  "BACKWARD_TRANSITIVE",
  "FORWARD_TRANSITIVE",
  "FULL_TRANSITIVE",
  "READONLY_OVERRIDE",
  "BLOCK_FOLDED",
  "BLOCK_LITERAL",
  "QUOTE_DOUBLE",
  "QUOTE_SINGLE"
])
/** Variables of the environment, ours and OpenTelemetry's, and the codes of Node, its resolver and its HTTP client. */
const foreign = /^(?:MILLRACE|OTEL|ERR|EAI|UND_ERR)_/

/** Every code of an error in the source of the platform, the SDK, the plugins and the scaffold. */
export const sourceCodes = (): SourceCodes => {
  const found = new Map<string, string>()
  const note = (file: string, pattern: RegExp) => {
    for (const [, code = ""] of text(file).matchAll(pattern))
      if (!notCodes.has(code) && !foreign.test(code) && !found.has(code)) found.set(code, file)
  }
  const files = folders.flatMap(sources).filter((file) => !isTest(file))
  for (const file of [...files, ...scaffoldFiles])
    if (!otherWords.test(file)) patterns.forEach((pattern) => note(file, pattern))
    else if (file.startsWith("sdk/src/expression/")) note(file, inExpressions)
  return found
}

const scaffoldFiles = [
  "arguments",
  "install",
  "names",
  "project",
  "questions",
  "tools",
  "templates",
  "write-project"
].map((name) => `scaffolds/src/${name}.js`)

/** Every `millrace …` command line that a text of the source names in backticks. */
export const namedCommands = (): readonly { readonly file: string; readonly command: string }[] =>
  folders
    .flatMap(sources)
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      [...text(file).matchAll(/\\`(millrace [a-z][^`\\$]*)|"[^"`\n]*`(millrace [a-z][^`"\n\\]*)`/g)].map(
        ([, template, plain = ""]) => ({ file, command: template ?? plain })
      )
    )
