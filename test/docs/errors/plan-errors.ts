import type { NodeProblemCode } from "@millrace/sdk/manifest"
import type { ProblemCode } from "../../../runtime/src/pipeline/problem.ts"
import type { Rows } from "./row.ts"

const inFile = "file, line, column and path (`nodes.rated.with.where`)"

/** What `millrace plan` finds in the text of a pipeline. */
const inText = {
  PIPELINE_SYNTAX: {
    message: "The YAML parser's message",
    where: inFile,
    why: "The file is not YAML, or uses what pipelines do not take (tags, anchors, several documents).",
    remedy: "Correct the YAML at this place."
  },
  PIPELINE_TOO_LARGE: {
    message: "The pipeline has too many nodes, or its text is too long or too deep",
    where: "the file, or the value that goes over the limit",
    why: "Size, depth and number of nodes are bounded, so that no file can exhaust the platform.",
    remedy: "Split the pipeline in two that meet in a named stream."
  },
  PIPELINE_INVALID: {
    message: "A value is of the wrong type, or a key is missing",
    where: inFile,
    why: "The file does not fit the schema of pipelines (reference/pipeline-file.md).",
    remedy: "Write what the message asks for at this place."
  },
  UNKNOWN_KEY: {
    message: "There is no such key here",
    where: "the key",
    why: "Keys that nobody reads are refused, for they are mostly misspelt.",
    remedy: "Write the key that is suggested, or remove it."
  },
  NAME_INVALID: {
    message: "A name cannot be the name of a node, variable, stream or topic",
    where: "the name",
    why: "Names become parts of topics and paths; some are the platform's own.",
    remedy: "Use letters, digits, - and _, beginning with a letter, within the length that the message names."
  },
  DUPLICATE_NAME: {
    message: "A node, key or stream is there twice",
    where: "the second one",
    why: "A name stands for one thing; a node's state goes with its name.",
    remedy: "Give one of them another name, or remove it."
  },
  UNKNOWN_NODE: {
    message: "There is no node of this name",
    where: "the reference under `from:` or `tables:`",
    why: "A node reads from a node of the same file, or from a stream written as `{ stream: NAME }`.",
    remedy: "Write the name that is suggested."
  },
  MISSING_FROM: {
    message: "The node reads nothing",
    where: "the node",
    why: "Only sources begin by themselves.",
    remedy: "Say what it reads: `from: NODE`, or `from: { stream: NAME }`."
  },
  PIPELINE_CYCLE: {
    message: "Records would go round for ever: a -> b -> a",
    where: "`from` of a node in the cycle",
    why: "A pipeline is a graph without cycles.",
    remedy: "Let one of these nodes read from somewhere else."
  },
  VARIABLE_MISSING: {
    message: "The variable has no value",
    where: "where it is used",
    why: "It has no default under `vars:`, and none was given.",
    remedy: "Give a default under `vars:`, or a value with `--var NAME=VALUE`; write `$${` for a plain `${`."
  },
  UNKNOWN_VARIABLE: {
    message: "The pipeline has no such variable",
    where: "the `--var` that was given",
    why: "Values are taken only for variables that the file declares under `vars:`.",
    remedy: "Write the name that is suggested, or declare it under `vars:`."
  }
} as const

/** What it finds when plugins are resolved. */
const inPackages = {
  UNKNOWN_PACKAGE: {
    message: "There is no package of this name",
    where: "the node's `use`, `source` or `sink`",
    why: "Nobody has published it in this registry.",
    remedy: "Write the name that is suggested, or find one with `millrace search`."
  },
  UNKNOWN_VERSION: {
    message: "No version of the package satisfies the range",
    where: "the node's version range",
    why: "Ranges go by npm's rules; yanked versions are not taken.",
    remedy: "Choose a version that the message names, or one of `millrace show PACKAGE`."
  },
  UNKNOWN_PLUGIN: {
    message: "The package has no such plugin, or has several",
    where: "the part behind `#`",
    why: "A package may hold several plugins; a node runs one.",
    remedy: "Name one of those listed: `@scope/name#plugin`."
  },
  RESOLVE_FAILED: {
    message: "The registry or the bundler could not give the plugin",
    where: "the node's `use`, `source` or `sink`",
    why: "The archive could not be fetched or is damaged, or the module does not load in the sandbox.",
    remedy:
      "For a path, run `millrace build` on it: it says more. For a package, try again, and see the registry's log."
  },
  MODULE_MISSING: {
    message: "There is no module at this path",
    where: "the node's `use`, `source` or `sink`",
    why: "Paths count from the pipeline file's folder.",
    remedy: "Write the path from the pipeline file's folder, with its extension."
  },
  WRONG_KIND: {
    message: "The plugin is of another kind than the node says",
    where: "the node's `use`, `source` or `sink`",
    why: "Sources stand after `source:`, processors and functions after `use:`, sinks after `sink:`.",
    remedy: "Write it after the key that the message names."
  },
  LOCK_MISMATCH: {
    message: "The lock names another digest than the registry",
    where: "the node's `use`, `source` or `sink`",
    why: "Versions never change: a different digest means another registry, or a tampered archive.",
    remedy: "Plan with `--upgrade` to resolve the range anew, if the change is meant."
  }
} as const

/** What it finds when schemas, config and permissions are settled. */
const inNodes = {
  UNKNOWN_INPUT: {
    message: "The plugin has no such input, or has several and none is named",
    where: "the key under `from:`",
    why: "A plugin with several inputs must be told which stream is which.",
    remedy: "Say which is which: `from: { orders: NODE, payments: NODE }`."
  },
  UNKNOWN_OUTPUT: {
    message: "The node has no such output, or has several and none is named",
    where: "the reference or the option that names it",
    why: "Sinks have no output; a plugin with several needs `NODE.OUTPUT`.",
    remedy: "Choose one of the outputs listed."
  },
  UNKNOWN_TABLE: {
    message: "The plugin has no such lookup table",
    where: "the key under `tables:`",
    why: "Lookup tables are declared by the plugin, under `uses`.",
    remedy: "Write the name that is suggested."
  },
  INPUT_MISSING: {
    message: "Nothing feeds an input of the plugin",
    where: "`from`",
    why: "Every input that a plugin declares must be fed.",
    remedy: "Add it: `from: { INPUT: NODE }`."
  },
  TABLE_MISSING: {
    message: "Nothing feeds a lookup table of the plugin",
    where: "`tables`",
    why: "Every lookup table that a plugin declares must be fed.",
    remedy: "Add it: `tables: { TABLE: NODE }`."
  },
  UNKNOWN_CONFIG_KEY: {
    message: "The plugin's config has no such key",
    where: "the key under `with:`",
    why: "The plugin declares its config; what it would not read is refused.",
    remedy: "Write the key that is suggested; `millrace show PACKAGE` lists them."
  },
  CONFIG_INVALID: {
    message: "A value of the config does not fit the plugin's schema",
    where: "the value under `with:`",
    why: "Config is checked before anything runs.",
    remedy: "Write a value of the type that the message names."
  },
  EXPRESSION_SYNTAX: {
    message: "The expression does not parse",
    where: "line and column within the expression",
    why: "Expressions are SQL's (Flink's dialect); the message carries the expression's own code.",
    remedy: "Correct the expression at this place."
  },
  EXPRESSION_TYPE: {
    message: "The expression does not type-check",
    where: "line and column within the expression",
    why: "An expression is checked against the schema of what arrives at the node.",
    remedy: "Follow the hint; CAST or TRY_CAST changes a type."
  },
  UNKNOWN_FIELD: {
    message: "The input has no such field",
    where: "the config value, expression or contract that names it",
    why: "Field names are checked against the schema that arrives at the node.",
    remedy: "Write the field that is suggested, or add it in a node before (@millrace/project)."
  },
  FIELD_EXISTS: {
    message: "The node would add a field that the input has already",
    where: "the field",
    why: "A field that is added would hide the one that is there.",
    remedy: "Rename one of them (@millrace/rename), or drop the old one before."
  },
  NAME_CONFLICT: {
    message: "Two things of the node share a name",
    where: "the name",
    why: "Inputs, tables and capabilities are told apart by name.",
    remedy: "Tell the plugin's author; until then, an earlier version of `millrace show PACKAGE` may do."
  },
  SCHEMA_INVALID: {
    message: "A schema of the plugin cannot be compiled",
    where: "the node",
    why: "The schema is not Avro, or asks for what the codec does not have.",
    remedy: "Tell the plugin's author; the message says what is wrong with the schema."
  },
  SCHEMA_MISMATCH: {
    message: "The records that arrive cannot be read as what the node asks for",
    where: "`from`, with the field",
    why: "Writer and reader schema are resolved by Avro's rules: a field is missing without a default, or has another type.",
    remedy: "Bring the stream to the schema in a node before (@millrace/project), or change the contract."
  },
  DERIVE_FAILED: {
    message: "The plugin could not derive its contract: its own message",
    where: "the config value that the plugin names, else the node",
    why: "A plugin with a derived contract computes it from config and inputs, and refuses what it cannot do.",
    remedy: "Correct the node's config."
  },
  DERIVE_INVALID: {
    message: "What the plugin derived is not a contract",
    where: "the node",
    why: "A derived contract is checked like a declared one.",
    remedy: "Tell the plugin's author; until then, an earlier version of `millrace show PACKAGE` may do."
  },
  KEY_MISSING: {
    message: "The key names a field that is not there, or the records have no key where one is needed",
    where: "`key`, or the node",
    why: "Partitions, state and order go by the key.",
    remedy: "Name a field that is there as `key:` of the node that feeds it."
  },
  KEY_INVALID: {
    message: "The field cannot be a key",
    where: "`key`",
    why: "Keys are plain values: no records, arrays or maps, no floating point.",
    remedy: "Choose a field that is a plain value."
  },
  STREAM_UNKNOWN: {
    message: "No pipeline that is applied has a stream of this name",
    where: "`from: { stream: NAME }`",
    why: "A stream is there once the pipeline that writes it was applied.",
    remedy: "Write the name that is suggested; `millrace stream list` shows them."
  },
  STREAM_TAKEN: {
    message: "The stream's name is already a topic of another pipeline",
    where: "the node's `stream`",
    why: "A stream has one owner.",
    remedy: "Give it another name; to read the other one, say `from: { stream: NAME }`."
  },
  PARTITIONS_CHANGED: {
    message: "The topic has another number of partitions",
    where: "`partitions`",
    why: "The number of partitions is fixed when a topic is made: keys would move.",
    remedy: "Say the number that is there, or give the stream or node another name."
  }
} as const

/** Every finding of a plan. */
export const planErrors: Rows<ProblemCode | NodeProblemCode> = { ...inText, ...inPackages, ...inNodes }
