import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root } from "../input/program.ts"

// The SDK's schema of a dashboard is its types, generated from Grafana's own. A dashboard's JSON is held to them by the compiler,
// as a literal, so that an unknown property is an error too.

const sdk = join(root, "node_modules/@grafana/grafana-foundation-sdk/dist")

const head = `
import type { Dashboard, Panel, RowPanel } from "${sdk}/dashboard/index.js"
import type { Dataquery } from "${sdk}/prometheus/index.js"
import type { FieldConfig, Options } from "${sdk}/timeseries/index.js"
import type { Options as StatOptions } from "${sdk}/stat/index.js"

/** A type as JSON has it: enums by their values. */
type Json<T> = 0 extends 1 & T
  ? T
  : T extends string
    ? \`\${T}\`
    : T extends object
      ? { readonly [K in keyof T]: Json<T[K]> }
      : T
type Defaults = Omit<NonNullable<NonNullable<Panel["fieldConfig"]>["defaults"]>, "custom">
type Shown<Kind extends string, PanelOptions, Custom> = Omit<Panel, "type" | "options" | "targets" | "fieldConfig"> & {
  type: Kind
  options: PanelOptions
  targets: Omit<Dataquery, "_implementsDataqueryVariant">[]
  fieldConfig: { defaults: Defaults & { custom?: Custom }; overrides: [] }
}
type Shape = Omit<Dashboard, "panels"> & {
  panels: (RowPanel | Shown<"timeseries", Options, FieldConfig> | Shown<"stat", StatOptions, never>)[]
}
`

/** What the compiler says of dashboards, given as JSON by name; empty when all fit the SDK's schema. */
export const schemaOffences = (dashboards: { readonly [name: string]: string }): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-grafana-"))
  const literals = Object.values(dashboards).map(
    (json, index) => `export const dashboard${index}: Json<Shape> = ${json}`
  )
  writeFileSync(join(folder, "dashboards.ts"), `${head}\n${literals.join("\n")}\n`)
  const args = [
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--module",
    "nodenext",
    "--moduleResolution",
    "nodenext"
  ]
  return new Promise((done) => {
    const tsc = join(root, "node_modules/.bin/tsc")
    execFile(tsc, [...args, "dashboards.ts"], { cwd: folder }, (_, stdout, stderr) => {
      rmSync(folder, { recursive: true, force: true })
      done(`${stdout}${stderr}`)
    })
  })
}
