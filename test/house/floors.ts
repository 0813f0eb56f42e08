import { readFileSync, readdirSync, statSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"

/** The repository's root folder. */
export const root = resolve(import.meta.dirname, "../..")

/**
 * Who may import whom (ARCHITECTURE.md, "Floors"). The first rule whose folder holds a file judges it; an import is
 * allowed when its target begins with one of the rule's entries. Relative targets are written from the root.
 * `effect` is allowed on every floor but harness and prelude, which have rules of their own.
 */
export interface Floor {
  readonly folder: string
  readonly imports: readonly string[]
}

const ground = ["avro", "codec", "contract", "expression", "manifest", "permission", "record", "api"]
const groundFolders = ground.map((name) => `sdk/src/${name}/`)
const groundPackages = ground.map((name) => `@millrace/sdk/${name}`)

const observeFloor = ["runtime/src/observe/", "runtime/src/telemetry/", ...groundPackages, "effect/"]

export const floors: readonly Floor[] = [
  // Runs in the worker only; the rest of the folder also runs inside the sandbox.
  { folder: "sdk/src/record/stored-key.ts", imports: ["sdk/src/record/", "@noble/hashes/"] },
  { folder: "sdk/src/record/", imports: ["sdk/src/record/"] },
  { folder: "sdk/src/codec/runtime", imports: ["sdk/src/codec/runtime", "sdk/src/record/"] },
  // The guest ABI is a format of types alone; ground may speak of it.
  ...ground.map((name) => ({
    folder: `sdk/src/${name}/`,
    imports: [...groundFolders, "sdk/src/guest/abi.ts", "effect/", "@noble/hashes/"]
  })),
  { folder: "sdk/src/guest/abi.ts", imports: [] },
  { folder: "sdk/src/build/", imports: ["sdk/src/", "@millrace/sandbox", "esbuild", "effect/", "node:"] },
  {
    folder: "sdk/src/testing/",
    imports: ["sdk/src/", "@millrace/sandbox", "esbuild", "effect/", "fast-check", "yaml", "node:"]
  },
  {
    folder: "sdk/src/",
    imports: [...groundFolders, "sdk/src/plugin/", "sdk/src/capability/", "sdk/src/guest/", "effect/"]
  },
  // What runs inside an isolate: no effect, no Node.
  {
    folder: "runtime/sandbox/src/guest/",
    imports: [
      "runtime/sandbox/src/guest/",
      "@millrace/sdk/record",
      "@millrace/sdk/codec",
      "@millrace/sdk/guest"
    ]
  },
  {
    folder: "runtime/sandbox/src/",
    imports: [
      "runtime/sandbox/src/",
      ...groundPackages,
      "@millrace/sdk/guest",
      "effect/",
      "isolated-vm",
      "node:"
    ]
  },
  // A plugin may bundle npm packages that need nothing but the language.
  { folder: "plugins/", imports: ["@millrace/sdk", "plugins/", "effect/", "@noble/hashes/", "fflate"] },
  // A page in the browser: of the platform it knows the API's types alone.
  {
    folder: "runtime/console/src/",
    imports: [
      "runtime/console/src/",
      "@millrace/sdk/api",
      "react",
      "react-dom/client",
      "@tanstack/react-query",
      "@tanstack/react-router",
      "@xyflow/react",
      "@dagrejs/dagre",
      "lucide-react/dist/esm/icons/",
      "uplot"
    ]
  },
  {
    folder: "registry/src/",
    imports: [
      "registry/src/",
      ...groundPackages,
      "@millrace/sandbox",
      "effect/",
      "hono",
      "@hono/",
      "marked",
      "postgres",
      "sanitize-html",
      "semver",
      "ssri",
      "tar",
      "avsc",
      "node:"
    ]
  },
  {
    folder: "runtime/src/main/",
    imports: [
      "runtime/src/",
      "runtime/package.json",
      "@millrace/sdk",
      "@millrace/sandbox",
      "@millrace/registry/",
      "effect/",
      "@effect/platform-node",
      "chokidar",
      "hono",
      "@hono/",
      "yaml",
      "semver",
      "node:"
    ]
  },
  {
    folder: "runtime/src/transport/embedded/",
    imports: ["runtime/src/", ...groundPackages, "effect/", "lmdb", "@node-rs/crc32", "node:"]
  },
  // Kafka's protocol over a library's connections: each library has one file.
  {
    folder: "runtime/src/transport/kafka/client/kafkajs-client.ts",
    imports: ["runtime/src/transport/kafka/client/", "kafkajs/src/network/"]
  },
  {
    folder: "runtime/src/transport/kafka/client/platformatic-client.ts",
    imports: ["runtime/src/transport/kafka/client/", "@platformatic/kafka"]
  },
  {
    folder: "runtime/src/transport/kafka/client/",
    imports: ["runtime/src/transport/kafka/client/", "effect/", "node:"]
  },
  // A format: bytes in, bytes out.
  {
    folder: "runtime/src/transport/kafka/record-batch/",
    imports: [
      "runtime/src/transport/kafka/record-batch/",
      "@millrace/sdk/record",
      "@platformatic/wasm-utils",
      "node:zlib"
    ]
  },
  {
    folder: "runtime/src/transport/kafka/",
    imports: ["runtime/src/transport/", "runtime/src/state/", ...groundPackages, "effect/", "node:"]
  },
  {
    folder: "runtime/src/worker/handlers/http/",
    imports: ["runtime/src/", "@millrace/sdk", "@millrace/sandbox", "effect/", "undici", "node:"]
  },
  { folder: "runtime/src/telemetry/", imports: ["runtime/src/telemetry/", "effect/"] },
  // Dashboards, rules and alerts know samples and manifests, and nothing of what runs.
  {
    folder: "runtime/src/observe/dashboards/",
    imports: [...observeFloor, "@grafana/grafana-foundation-sdk/"]
  },
  { folder: "runtime/src/observe/rules/", imports: [...observeFloor, "yaml"] },
  { folder: "runtime/src/observe/alerts/", imports: [...observeFloor, "yaml", "node:"] },
  {
    folder: "runtime/src/",
    imports: [
      "runtime/src/",
      "@millrace/sdk",
      "@millrace/sandbox",
      "@millrace/registry/client",
      "effect/",
      "hono",
      "yaml",
      "semver",
      "node:"
    ]
  }
]

/** Files that alone may import a library: a driver has one home. */
export const homes: { readonly [library: string]: RegExp } = {
  "isolated-vm": /^runtime\/sandbox\/src\/[^/]*\/?[^/]+\.ts$/,
  marked: /^registry\/src\/page\/readme-html\.ts$/,
  "sanitize-html": /^registry\/src\/page\/readme-html\.ts$/,
  postgres: /^registry\/src\/store\/postgres\/client\.ts$/,
  undici: /^runtime\/src\/worker\/handlers\/http\//,
  lmdb: /^runtime\/src\/transport\/embedded\//,
  "@node-rs/crc32": /^runtime\/src\/transport\/embedded\/crc\.ts$/,
  kafkajs: /^runtime\/src\/transport\/kafka\/client\/kafkajs-client\.ts$/,
  "@platformatic/kafka": /^runtime\/src\/transport\/kafka\/client\/platformatic-client\.ts$/,
  avsc: /^(registry\/src\/|test\/|.*\.test\.ts$|.*\/testing\/)/
}

/** Files of the console that import what stands in the API as more than types: it would bring Effect into the page. */
export const heavyImports = (files: readonly string[]): readonly string[] =>
  files.filter((file) =>
    /^\s*(?:import|export)\s(?!type\b)[^"']*?\sfrom\s+["']@millrace\//m.test(
      readFileSync(join(root, file), "utf8")
    )
  )

/** Every TypeScript source below a folder, tests left out, relative to the root. */
export const sources = (folder: string): readonly string[] => {
  const found: string[] = []
  const walk = (directory: string): void => {
    for (const name of readdirSync(directory)) {
      if (name === "node_modules" || name === "dist" || name === "fixtures" || name.startsWith(".")) continue
      const path = join(directory, name)
      if (statSync(path).isDirectory()) walk(path)
      else if (/\.tsx?$/.test(name)) found.push(relative(root, path))
    }
  }
  walk(join(root, folder))
  return found.sort()
}

export const isTest = (file: string): boolean =>
  file.endsWith(".test.ts") ||
  (file.includes("/testing/") && !file.startsWith("sdk/src/testing/")) ||
  file.endsWith("acceptance.ts")

const importPattern =
  /^\s*(?:import|export)\s(?:[^"']*?\sfrom\s)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm

/** The modules that a file imports; relative ones as paths from the root. */
export const importsOf = (file: string): readonly string[] => {
  const text = readFileSync(join(root, file), "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
  return [...text.matchAll(importPattern)].map((match) => {
    const target = match[1] ?? match[2] ?? ""
    return target.startsWith(".") ? relative(root, resolve(root, dirname(file), target)) : target
  })
}

/** Breaches of the floors in the given files, one line each. */
export const breaches = (files: readonly string[]): readonly string[] =>
  files.flatMap((file) => {
    const floor = floors.find(({ folder }) => file.startsWith(folder))
    if (floor === undefined) return [`${file}: stands on no floor`]
    return importsOf(file)
      .filter(
        (target) =>
          !floor.imports.some((allowed) => target === allowed || target.startsWith(allowed)) ||
          plugged(file, target)
      )
      .map((target) => `${file}: may not import ${target}`)
  })

/** A plugin may not import another plugin's folder. */
const plugged = (file: string, target: string): boolean =>
  file.startsWith("plugins/") && target.startsWith("plugins/") && file.split("/")[1] !== target.split("/")[1]

/** Files outside a library's home that import it. */
export const strays = (files: readonly string[]): readonly string[] =>
  files.flatMap((file) =>
    importsOf(file)
      .filter((target) => {
        const library = Object.keys(homes).find((name) => target === name || target.startsWith(`${name}/`))
        return library !== undefined && !(homes[library] ?? /$^/).test(file)
      })
      .map((target) => `${file}: ${target} has its home elsewhere`)
  )
