import type { Rows } from "./row.ts"

/** `millrace dev`. */
const inDev: Rows = {
  ENTRY_MISSING: {
    message: "There is no such file or folder",
    where: "the argument",
    why: "`millrace dev` works on a TypeScript file that exports a plugin, or on a project's folder.",
    remedy: "Name one of them; `npm create processor` makes a project."
  },
  CONFIG_UNREADABLE: {
    message: "The config cannot be read",
    where: "the file, or `--with`",
    why: "It is neither YAML nor JSON, or no object.",
    remedy: "Give `--with key=value`, or a YAML or JSON file with an object of the plugin's config."
  },
  RECORDS_UNREADABLE: {
    message: "The file of records cannot be read",
    where: "file and line",
    why: "A line is not JSON.",
    remedy: "Write one JSON object a line, or one array of objects."
  },
  RECORD_MISFIT: {
    message: "A record does not fit the contract and is left out",
    where: "the record's line and input",
    why: "Records of a file are read by the plugin's input contract.",
    remedy: "Correct the record, or the contract."
  },
  INPUT_UNFED: {
    message: "An input of the plugin gets no records",
    where: "the plugin's input",
    why: "Samples cannot be made for it, and no file or stream was named for it.",
    remedy: "Give it a file with `--records FILE`, or with `--from STREAM` the records of a stream that runs."
  },
  PLUGIN_MISSING: {
    message: "The module exports no plugin, or none of this name",
    where: "the module",
    why: "A plugin is what `defineProcessor`, `defineSource`, `defineSink` or `defineFunction` makes, exported.",
    remedy: "Export one, or choose one of those listed with `--plugin`."
  },
  PLUGIN_UNCLEAR: {
    message: "The module exports several plugins",
    where: "the module",
    why: "`millrace dev` runs one.",
    remedy: "Choose one with `--plugin NAME`."
  },
  ERROR_BUDGET: {
    message: "Paused: more than 1 % of the records fail",
    where: "the plugin",
    why: "A pipeline pauses when more than 1 % of its last 10,000 records fail, judged once 1,000 were seen.",
    remedy: "Look at the failures above, mend the plugin and save."
  }
}

/** `millrace build`, `publish`, `yank`, `deprecate`, `login`, `token`. */
const inPublishing: Rows = {
  NO_PACKAGE: {
    message: "There is no package here",
    where: "the folder",
    why: "A package is a folder with a package.json.",
    remedy: "Name a folder with a package.json, or a folder of such folders."
  },
  PROJECT_INVALID: {
    message: "The project's package.json lacks something, or cannot be read",
    where: "package.json",
    why: "A package needs a scoped name, a version and an entry.",
    remedy: "Write what the message names."
  },
  MANIFEST_UNREADABLE: {
    message: "What the module exports cannot be read",
    where: "file, line and column in the author's source, where known",
    why: "The bundle is loaded in the sandbox to read its manifest, and failed there or gave something else.",
    remedy:
      "The module must load without side effects, and export plugins made by the SDK's define functions."
  },
  VERSION_NOT_WRITTEN: {
    message: "The version could not be written into package.json",
    where: "package.json",
    why: "The file is not writable, or has no `version` that could be replaced.",
    remedy: "Write the version that the message names into it and publish again."
  },
  PERMISSIONS_WIDER: {
    message: "The package asks for more than before",
    where: "the permissions that the message lists",
    why: "Nobody publishes a package that asks for more without having seen it, and no terminal is there to ask.",
    remedy: "Look at it with `millrace publish --dry-run`, and publish with `--yes` if it is meant."
  },
  NOT_AGREED: {
    message: "The package was not published",
    where: "the question on the terminal",
    why: "The answer was no.",
    remedy: "Publish it when you agree to what it asks for."
  },
  VERSION_INVALID: {
    message: "The argument names no version of a package",
    where: "the argument",
    why: "Versions are named exactly.",
    remedy: "Write scope, name and version: `@acme/movies@1.2.0`."
  },
  REASON_MISSING: {
    message: "A version is yanked or deprecated for a reason",
    where: "`--reason`",
    why: "Whoever meets the version is told why.",
    remedy: "Say it with `--reason TEXT`, or take it back with `--undo`."
  },
  URL_INVALID: {
    message: "The argument is no address of a platform",
    where: "the argument",
    why: "Addresses are whole URLs.",
    remedy: "Write it whole, with http:// or https://."
  },
  TOKEN_MISSING: {
    message: "There is no token on standard input",
    where: "standard input",
    why: "Tokens are read from standard input or a terminal, so that none stands in a shell's history.",
    remedy: "Make one with `millrace token create` on the platform, and give it here."
  },
  DURATION_INVALID: {
    message: "The text is no duration",
    where: "`--expires`",
    why: "Durations are a whole number and a unit.",
    remedy: "Write one such as 30m, 12h or 90d."
  }
}

/** `millrace add`, `types`, `show`. */
const inAdding: Rows = {
  PLUGIN_NOT_CHOSEN: {
    message: "The package has several plugins",
    where: "the argument",
    why: "A node runs one plugin.",
    remedy: "Name one of those listed, as `@scope/name#plugin`."
  },
  PLUGIN_UNKNOWN: {
    message: "The package has no such plugin",
    where: "the part behind `#`",
    why: "The package does not export it, or not in this version.",
    remedy: "Choose one of those listed."
  },
  PIPELINE_NOT_EDITED: {
    message: "The pipeline file has no place for the node",
    where: "the file",
    why: "A node is added below `nodes:`, on lines of its own, and the file does not read so.",
    remedy: "Correct it with `millrace plan`, or write the lines that are shown."
  },
  NAME_INVALID: {
    message: "A node, subject or class cannot have this name",
    where: "`--as`, `--subject` or `--name`",
    why: "The name is taken, or has characters that its place does not allow.",
    remedy: "Choose another, as the message says."
  },
  KEY_UNKNOWN: {
    message: "The key names a field that the contract has not",
    where: "`--key`",
    why: "The key is made of fields of the record.",
    remedy: "Choose the key's fields among those listed."
  },
  SCHEMA_INVALID: {
    message: "The Avro schema is refused",
    where: "the file or subject, and the place in the schema",
    why: "A schema is parsed strictly by Avro 1.12.",
    remedy: "Correct it there."
  },
  CONTRACT_NOT_RECORD: {
    message: "The schema is not of records",
    where: "the subject or file",
    why: "A contract is of records.",
    remedy: "Choose a subject whose schema is a record."
  },
  FILE_EXISTS: {
    message: "A file is there that was not generated; it is left as it is",
    where: "the file",
    why: "Nothing that an author wrote is overwritten.",
    remedy: "Rename it, or give the contract another folder with `--out`."
  },
  LOCK_UNREADABLE: {
    message: "The project's lock is damaged",
    where: "millrace.lock.json",
    why: "It is not JSON, or not a lock.",
    remedy: "Take it back from version control, or remove it and add its contracts and packages again."
  },
  LOCK_TAMPERED: {
    message: "A schema in the lock is not the one that its digest names",
    where: "millrace.lock.json, at the subject",
    why: "The lock was changed by hand, or damaged.",
    remedy: "Take the lock back from version control, or add the contract again."
  },
  TYPES_STALE: {
    message: "Generated files are not what the lock and the schemas say",
    where: "the files that the message lists",
    why: "`millrace types --check` compares them, in CI for instance.",
    remedy: "Run `millrace types` and commit what it writes."
  }
}

/** `millrace bench`. */
const inBench: Rows = {
  BENCH_KIND: {
    message: "The plugin is a source or a sink, which cannot be measured by itself",
    where: "the plugin's name",
    why: "It is as fast as the place that it reads or writes.",
    remedy: "Measure a processor or a function; look at a source or sink where it runs, with `millrace cost`."
  },
  BENCH_UNFED: {
    message: "An input of the plugin gets no records",
    where: "the plugin's input",
    why: "Records cannot be generated for it, and no file was named for it.",
    remedy: "Give records of yours with `--input FILE`, or `--input NAME=FILE`, and the config with `--with`."
  },
  BENCH_ALL_FAILED: {
    message: "All records fail, with the first one's error and what it holds",
    where: "the records that were generated or given",
    why: "There is nothing to measure: the plugin refuses such records, or asks for what is outside, which is not reached here.",
    remedy: "Give records that it can handle with `--input FILE`, or measure it where it runs."
  },
  BENCH_STOPPED: {
    message: "The plugin could not be run, with the task's error",
    where: "the plugin, or the log below `.millrace`",
    why: "It does not open, its sandbox was killed again and again, or the disk is full.",
    remedy: "Run it with `millrace dev`, which shows where it fails."
  }
}

export const authorErrors: Rows = { ...inDev, ...inBench, ...inPublishing, ...inAdding }
