import { readFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { extname } from "node:path"
import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild"
import { absentNamespace } from "./offence/absent-module.ts"
import { builtinRemedy, isCodeMaker } from "./offence/builtin-remedy.ts"
import { lateRequires } from "./offence/late-requires.ts"
import type { OffenceDetail } from "./offence/raw-offence.ts"
import { listedPackages, packageOf, packageOfFile } from "./package-scope.ts"
import { rewriteImports } from "./rewrite-imports.ts"

const builtins: ReadonlySet<string> = new Set(builtinModules)
const given: ReadonlySet<string> = new Set(["@millrace/sdk", "effect"])

/** Refuses what the sandbox cannot run, finds the SDK and Effect for plugins by path, and rewrites barrel imports. */
export const sandboxResolver = (): Plugin => ({
  name: "millrace-sandbox",
  setup: (build) => {
    const late = lateRequiresOf()
    build.onStart(() => late.clear())
    build.onResolve({ filter: /.*/ }, (request) => refuse(request, late.of))
    build.onResolve({ filter: /^(?:@millrace\/sdk|effect)(?:\/|$)/ }, (request) =>
      resolveGiven(build, request)
    )
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path, namespace }) =>
      namespace === "file" ? loadRewritten(path) : undefined
    )
  }
})

/** What each library's file requires late, read once in a build. */
const lateRequiresOf = () => {
  const known = new Map<string, ReadonlySet<string>>()
  const of = (file: string): ReadonlySet<string> => {
    const found = known.get(file) ?? lateRequires(readFileSync(file, "utf8"))
    known.set(file, found)
    return found
  }
  return { of, clear: () => known.clear() }
}

const offence = (text: string, detail: Omit<OffenceDetail, "millrace">): OnResolveResult => ({
  errors: [{ text, detail: { millrace: true, ...detail } satisfies OffenceDetail }]
})

const refuse = (
  { path, kind, importer, resolveDir, pluginData }: OnResolveArgs,
  lateOf: (file: string) => ReadonlySet<string>
): OnResolveResult | undefined => {
  if (pluginData === passed) return undefined
  const isForeign = packageOfFile(importer) !== undefined
  if (kind === "dynamic-import") {
    return offence(`import(${JSON.stringify(path)}) loads code at run time`, {
      code: "DYNAMIC_CODE",
      remedy: "Import it at the top of the file."
    })
  }
  const name = packageOf(path)
  if (path.startsWith("node:") || (name !== undefined && builtins.has(name) && !path.endsWith("/"))) {
    if (isForeign && kind === "require-call" && lateOf(importer).has(path)) {
      return { path, namespace: absentNamespace }
    }
    return refuseBuiltin(path)
  }
  if (path.endsWith(".node")) {
    return offence(`${path} is native code`, { code: "NATIVE", remedy: "Use a package of JavaScript alone." })
  }
  if (path.endsWith(".wasm")) {
    return offence(`${path} is WebAssembly, whose memory escapes the sandbox's limits`, {
      code: "WASM",
      remedy: "Use a package of JavaScript alone."
    })
  }
  if (name === undefined || given.has(name) || name === "millrace-entry" || isForeign) return undefined
  const listed = listedPackages(resolveDir)
  if (listed === undefined || listed.has(name)) return undefined
  return offence(`${name} is not listed in package.json`, {
    code: "UNLISTED",
    remedy: `Install it: npm install ${name}.`
  })
}

const refuseBuiltin = (module: string): OnResolveResult =>
  isCodeMaker(module)
    ? offence(`${module} runs code made of text`, {
        code: "DYNAMIC_CODE",
        module,
        remedy: `${builtinRemedy(module)}.`
      })
    : offence(`${module} is of Node.js, which the sandbox is not`, {
        code: "BUILTIN",
        module,
        remedy: `${builtinRemedy(module)}.`
      })

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
