import type * as Schema from "effect/Schema"
import { toJson } from "../../avro/json.ts"
import { avroName, recordName } from "../../contract/record-name.ts"
import { toAvro } from "../../contract/to-avro.ts"
import type { PluginManifest } from "../../manifest/manifest.ts"
import type { AnyContract } from "../../plugin/contract.ts"
import {
  type Definition,
  type FieldName,
  type FunctionDefinition,
  type InputShell,
  onlyInput,
  onlyOutput,
  type OutputShell,
  type ProcessorDefinition
} from "../../plugin/definition.ts"
import { argumentName, resultName } from "../../plugin/function/function-names.ts"
import type { FieldFromConfig, OpenFields } from "../../plugin/open-field.ts"
import { configExpressions, configJsonSchema } from "./config-schema.ts"
import { isGenerator } from "../instance/drive.ts"
import { plainOffences } from "./plain-schema.ts"
import { shellOffences } from "./shell-check.ts"

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** A plugin's manifest, from its definition alone: no body runs. Throws an Error that names every offence. */
export const pluginManifest = (definition: Definition): PluginManifest => {
  const writer = new ManifestWriter(shellOffences(definition))
  const manifest = writer.manifest(definition)
  if (writer.offences.length > 0) {
    throw new Error(writer.offences.map((offence) => `${definition.name}: ${offence}`).join("\n"))
  }
  return manifest
}

class ManifestWriter {
  readonly offences: string[]
  constructor(offences: readonly string[]) {
    this.offences = [...offences]
  }

  manifest(definition: Definition): PluginManifest {
    const common = this.shell(definition)
    switch (definition.kind) {
      case "processor":
        return { ...common, ...this.processor(definition) }
      case "function":
        return { ...common, ...this.function(definition) }
      case "source":
        return {
          ...common,
          outputs: [{ name: onlyOutput, contract: this.output(definition.output, definition.name) }],
          source: {
            bounded: definition.bounded,
            ...(definition.endless === undefined ? {} : { endless: definition.endless }),
            ...(definition.partitionsEveryMs === undefined
              ? {}
              : { partitionsEveryMs: definition.partitionsEveryMs })
          }
        }
      case "sink":
        return {
          ...common,
          inputs: [{ name: onlyInput, many: false, contract: this.input(definition.input, definition.name) }],
          sink: { transactional: definition.transaction !== undefined, ...definition.batch }
        }
    }
  }

  private function(
    definition: FunctionDefinition
  ): Pick<PluginManifest, "inputs" | "outputs" | "bodies" | "function"> {
    const { args, name, returns } = definition
    return {
      inputs: [{ name: onlyInput, many: false, contract: { form: "derived" } }],
      outputs: [{ name: onlyOutput, contract: { form: "derived" } }],
      bodies: [{ input: onlyInput, form: "map", suspends: false }],
      function: {
        args: Object.entries(args).map(([argument, schema]) => ({
          name: argument,
          schema: this.avro(schema, `argument ${argument}`, argumentName(name, argument))
        })),
        returns: this.avro(returns, "returns", resultName(name))
      }
    }
  }

  private shell(definition: Definition): PluginManifest {
    const { name, kind, description, config, uses } = definition
    const state: Mutable<PluginManifest["state"][number]>[] = []
    const tables: PluginManifest["tables"][number][] = []
    const permissions: PluginManifest["permissions"][number][] = []
    for (const [handle, { need }] of Object.entries(uses)) {
      if (need.need === "state") {
        const schema = this.avro(need.schema, `state ${handle}`, `${avroName(name)}.${handle}`)
        const mapKey =
          need.mapKey && this.avro(need.mapKey, `key of ${handle}`, `${avroName(name)}.${handle}Key`)
        const life = need.ttlMs === undefined ? {} : { ttlMs: need.ttlMs }
        const migrate = need.migrate.map(({ from }, index) =>
          this.avro(from, `migrate ${index} of ${handle}`, `${avroName(name)}.${handle}`)
        )
        state.push({
          name: handle,
          kind: need.kind,
          schema,
          ...(mapKey === undefined ? {} : { mapKey }),
          ...life,
          ...(migrate.length === 0 ? {} : { migrate })
        })
      } else if (need.need === "table") {
        tables.push({
          name: handle,
          contract: need.contract ? this.closed(need.contract) : { form: "derived" }
        })
      } else if (need.need === "permissions") {
        permissions.push(...need.permissions.map((permission) => ({ handle, permission })))
      }
    }
    return {
      name,
      kind,
      ...(description === undefined ? {} : { description }),
      config: configJsonSchema(config),
      expressions: configExpressions(config),
      inputs: [],
      outputs: [],
      bodies: [],
      keyBy: [],
      state,
      tables,
      permissions,
      timers: Object.values(uses).some(({ need }) => need.need === "timers")
    }
  }

  private processor(
    definition: ProcessorDefinition
  ): Pick<PluginManifest, "inputs" | "outputs" | "outputsFrom" | "bodies" | "keyBy"> {
    const { name, many, form, outputsFrom } = definition
    return {
      ...(outputsFrom === undefined ? {} : { outputsFrom }),
      inputs: Object.entries(definition.inputs).map(([input, shell]) => ({
        name: input,
        many,
        contract: this.input(shell, name)
      })),
      outputs: Object.entries(definition.outputs).map(([output, shell]) => ({
        name: output,
        contract: this.output(shell, name)
      })),
      bodies: Object.entries(definition.bodies).map(([input, body]) => ({
        input,
        form,
        suspends: isGenerator(body)
      })),
      keyBy: Object.entries(definition.keyBy).map(([input, fields]) => ({
        input,
        fields: fields.map(fieldRef)
      }))
    }
  }

  private input(shell: InputShell, plugin: string): PluginManifest["inputs"][number]["contract"] {
    if (shell.form === "closed") return this.closed(shell.contract)
    if (shell.form === "derived") return { form: "derived" }
    return {
      form: "open",
      reads: this.openFields(shell.reads, plugin).map(({ as, ref, schema }) => ({ as, from: ref, schema }))
    }
  }

  private output(shell: OutputShell, plugin: string): PluginManifest["outputs"][number]["contract"] {
    if (shell.form === "closed") return this.closed(shell.contract)
    if (shell.form !== "open") return { form: shell.form }
    return {
      form: "open",
      adds: this.openFields(shell.adds, plugin).map(({ as, ref, schema }) => ({ as, field: ref, schema })),
      updates: shell.updates,
      drops: shell.drops.map(fieldRef)
    }
  }

  private closed(contract: AnyContract) {
    const { subject, key } = contract
    const schema = this.avro(contract, `contract ${subject}`, recordName(contract, subject))
    return { form: "closed" as const, subject, key, schema }
  }

  private openFields(fields: OpenFields, plugin: string) {
    return Object.entries(fields).map(([as, field]) => {
      const bound = isFromConfig(field)
      const schema = this.avro(bound ? field.schema : field, `field ${as}`, `${avroName(plugin)}.${as}`)
      return { as, ref: bound ? { config: field.pointer } : { field: as }, schema }
    })
  }

  /** Avro schema in JSON form; null beside an offence. */
  private avro(schema: Schema.Top, what: string, name: string): unknown {
    for (const { path, message } of plainOffences(schema)) {
      this.offences.push(`${what}${path === "" ? "" : `, ${path}`}: ${message}`)
    }
    try {
      return toJson(toAvro(schema, { name }))
    } catch (error) {
      this.offences.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
      return null
    }
  }
}

/** A subject or a plugin's name as an Avro full name: what Avro does not allow becomes `_`. */
const fieldRef = (field: FieldName) => (typeof field === "string" ? { field } : { config: field.pointer })

const isFromConfig = (
  field: Schema.Top | FieldFromConfig<Schema.Top>
): field is FieldFromConfig<Schema.Top> => "pointer" in field
