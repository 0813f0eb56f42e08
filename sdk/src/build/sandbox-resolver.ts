import { readFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { extname } from "node:path"
import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild"
import type { Offence } from "./build-error.ts"
import { listedPackages, packageOf } from "./package-scope.ts"
import { rewriteImports } from "./rewrite-imports.ts"

/** What an offence of ours carries through esbuild, which adds the place. */
export interface OffenceDetail {
  readonly code: Offence["code"]
  readonly remedy: string
}

const builtins: ReadonlySet<string> = new Set(builtinModules)
const given: ReadonlySet<string> = new Set(["@millrace/sdk", "effect"])

/** Refuses what the sandbox cannot run, finds the SDK and Effect for plugins by path, and rewrites barrel imports. */
export const sandboxResolver = (): Plugin => ({
  name: "millrace-sandbox",
  setup: (build) => {
    build.onResolve({ filter: /.*/ }, (request) => refuse(request))
    build.onResolve({ filter: /^(?:@millrace\/sdk|effect)(?:\/|$)/ }, (request) =>
      resolveGiven(build, request)
    )
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => loadRewritten(path))
  }
})

const offence = (text: string, code: Offence["code"], remedy: string): OnResolveResult => ({
  errors: [{ text, detail: { code, remedy } satisfies OffenceDetail }]
})

const refuse = ({
  path,
  kind,
  importer,
  resolveDir,
  pluginData
}: OnResolveArgs): OnResolveResult | undefined => {
  if (pluginData === passed) return undefined
  if (kind === "dynamic-import") {
    return offence(
      `import(${JSON.stringify(path)}) loads code at run time`,
      "DYNAMIC_CODE",
      "Import it at the top of the file."
    )
  }
  const name = packageOf(path)
  if (path.startsWith("node:") || (name !== undefined && builtins.has(name))) {
    return offence(
      `${path} is of Node.js, which the sandbox is not`,
      "BUILTIN",
      "Use a capability (files, http, clock, random) or a package that runs in browsers."
    )
  }
  if (path.endsWith(".node")) {
    return offence(`${path} is native code`, "NATIVE", "Use a package of JavaScript alone.")
  }
  if (
    name === undefined ||
    given.has(name) ||
    name === "millrace-entry" ||
    /[\\/]node_modules[\\/]/.test(importer)
  ) {
    return undefined
  }
  const listed = listedPackages(resolveDir)
  if (listed === undefined || listed.has(name)) return undefined
  return offence(`${name} is not listed in package.json`, "UNLISTED", `Install it: npm install ${name}.`)
}

/** Marks a request that this resolver made itself. */
const passed = "millrace-passed"

/** The project's own copy; for a plugin by path outside any project, this SDK's. */
const resolveGiven = async (
  build: PluginBuild,
  request: OnResolveArgs
): Promise<OnResolveResult | undefined> => {
  if (request.pluginData === passed) return undefined
  const { path, kind, importer, resolveDir } = request
  const own = await build.resolve(path, { kind, importer, resolveDir, pluginData: passed })
  if (own.errors.length === 0) return own
  return build.resolve(path, { kind, importer, resolveDir: import.meta.dirname, pluginData: passed })
}

const loaders: { readonly [extension: string]: Loader } = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".jsx": "jsx"
}

const loadRewritten = (path: string) => {
  const source = readFileSync(path, "utf8")
  const rewritten = rewriteImports(source)
  return rewritten === source ? undefined : { contents: rewritten, loader: loaders[extname(path)] ?? "js" }
}
