import type { FixtureProblem } from "../../../sdk/src/testing/fixture/fixture-problem.ts"
import type { Rows } from "./row.ts"

/** `npm create processor`. */
export const createErrors: Rows = {
  USAGE: {
    message: "The command was written wrongly",
    where: "the flag",
    why: "There is no such flag or template.",
    remedy: "See `npm create processor -- --help`."
  },
  NAME_MISSING: {
    message: "The project has no name",
    where: "the command",
    why: "No question can be asked without a terminal.",
    remedy: "Give one: `npm create processor my-filter -- --yes`."
  },
  NAME_UNFIT: {
    message: "The text cannot be the name of a package",
    where: "the name",
    why: "npm's rules for names, and the folder is called so too.",
    remedy: "Use small letters, digits and hyphens."
  },
  SCOPE_UNFIT: {
    message: "The text cannot be the scope of a package",
    where: "`--scope`",
    why: "npm's rules for scopes.",
    remedy: "Use small letters, digits and hyphens."
  },
  FOLDER_IN_USE: {
    message: "There is something here already",
    where: "the folder",
    why: "Nothing is ever overwritten.",
    remedy: "Give another name, or move it away."
  },
  FOLDER_UNWRITABLE: {
    message: "The folder cannot be written",
    where: "the folder",
    why: "Its permissions, or a full disk; what was begun is removed again.",
    remedy: "See to the folder's permissions and the disk's space."
  },
  NODE_TOO_OLD: {
    message: "Node is too old",
    where: "the Node that npm runs under",
    why: "Millrace needs Node 20 or newer to start, and brings its own Node 24.",
    remedy: "Install a newer Node."
  },
  TOOL_MISSING: {
    message: "A tool is missing",
    where: "the PATH",
    why: "The project is installed and put under version control; tools are looked for before anything is written.",
    remedy: "Install it, or do without: `--no-install`, `--no-git`."
  },
  OFFLINE: {
    message: "The npm registry cannot be reached",
    where: "the installation",
    why: "There is no network, or a proxy is in between. The folder is removed again.",
    remedy: "Try again with a network, or make the project alone with `--no-install`."
  },
  INSTALL_FAILED: {
    message: "The installation failed: npm's last lines",
    where: "the installation",
    why: "npm says why. The folder is removed again.",
    remedy: "Mend what npm names, or make the project alone with `--no-install`."
  },
  CANCELLED: {
    message: "Nothing: the question was left with Ctrl-C",
    where: "the terminal",
    why: "You asked for it; nothing is left behind.",
    remedy: "Run it again when you like."
  }
}

const fixtures: Rows<FixtureProblem["code"]> = {
  FIXTURE_UNREADABLE: {
    message: "The fixture file cannot be read",
    where: "the file",
    why: "It is not there, its rights forbid it, or it is too large.",
    remedy: "Name a file that is there and readable."
  },
  FIXTURE_SYNTAX: {
    message: "The fixture is neither YAML nor JSON",
    where: "file, line and column",
    why: "The parser's message says what it did not expect.",
    remedy: "Correct it there."
  },
  FIXTURE_INVALID: {
    message: "A value of the fixture does not do",
    where: "file, line, column and path (`cases[0].input[2]`)",
    why: "A key is unknown, a value has the wrong type, or a record does not fit the contract.",
    remedy: "Write what the message asks for."
  }
}

/** `@millrace/sdk/testing`: what a `TestError` carries. */
export const testingErrors: Rows = {
  ...fixtures,
  FIXTURE_MISSING: {
    message: "There is no fixture below the paths, or no case has the text of `--filter`",
    where: "the paths, or the text",
    why: "`millrace test` runs files that end in `.fixture.yaml`, `.fixture.yml` or `.fixture.json`.",
    remedy: "Write one beside the module: `src/index.fixture.yaml`."
  },
  CONFORMANCE_SPEC_NEEDED: {
    message: "A plugin cannot be tried in what is made up of its manifest",
    where: "the module",
    why: "Its config, records, files, replies or tables mean something that its contract does not say.",
    remedy: "Say in a fixture what it needs: `conformance: [{ plugin: NAME, config: { … } }]`."
  },
  TEST_FLAGS: {
    message: "`--conformance` does not go with `--watch` or `--update`",
    where: "the flag",
    why: "The rules are the same for everyone: there is no expectation to update.",
    remedy: "Leave one of them out."
  },
  BUNDLE: {
    message: "The plugin could not be bundled: all offences",
    where: "file, line and column in the plugin",
    why: "A test runs the bundled plugin in the real sandbox.",
    remedy: "See the chapter on bundling for each offence."
  },
  SETUP: {
    message: "The test cannot be set up",
    where: "the options given to the test",
    why: "A plugin is not chosen, a schema is none of records, or a stream is missing.",
    remedy: "Give what the message names."
  },
  FAKE_FAILED: {
    message: "A fake capability of the test threw",
    where: "the handle",
    why: "The function that stands in for the capability failed by itself.",
    remedy: "Mend the fake; to test a refusal, fail with a `HostRefusal`."
  }
}
