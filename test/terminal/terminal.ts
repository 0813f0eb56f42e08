import { spawn } from "node:child_process"
import { until } from "../input/program.ts"

/** A program at a terminal of 80 columns and 24 lines, whose keys we press. */
export interface Terminal {
  /** What it wrote, as it wrote it. */
  readonly raw: () => string
  /** What it wrote, without colours and movements of the cursor. */
  readonly text: () => string
  /** Waits until what it wrote holds this. */
  readonly shows: (wanted: string) => Promise<void>
  /** Presses keys, as the terminal sends them. */
  readonly press: (keys: string) => void
  /** Its exit code, when it has ended. */
  readonly exit: () => Promise<number>
  /** How the terminal's driver was left, as `stty -a` tells; once it has ended. */
  readonly modes: () => string
  readonly close: () => void
}

export const keys = {
  down: "\u001b[B",
  up: "\u001b[A",
  enter: "\r",
  interrupt: "\u0003",
  backspace: "\u007f"
}

export interface TerminalOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
}

const mark = "-- the program has ended --"

/** Runs a program at a pseudo-terminal, by `script` of util-linux. */
export const atTerminal = (
  program: string,
  args: readonly string[],
  { cwd, env = {} }: TerminalOptions
): Terminal => {
  const line = [program, ...args].map(quoted).join(" ")
  const script = `stty cols 80 rows 24; ${line}; code=$?; echo '${mark}'; stty -a; exit $code`
  const child = spawn("script", ["--quiet", "--return", "--command", script, "/dev/null"], {
    cwd,
    env: { ...process.env, TERM: "xterm-256color", SHELL: "/bin/sh", ...env },
    stdio: ["pipe", "pipe", "inherit"]
  })
  let written = ""
  let exit: number | undefined
  child.stdin.on("error", () => undefined)
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (written += chunk))
  child.on("close", (code) => (exit = code ?? 1))
  const raw = (): string => written.split(mark)[0] ?? ""
  const text = (): string => plain(raw())
  return {
    raw,
    text,
    shows: async (wanted) => {
      await until(
        () =>
          text().includes(wanted) || exit === undefined
            ? text()
            : Promise.reject(new Error(`ended with ${exit}: ${text()}`)),
        (shown) => shown.includes(wanted)
      )
    },
    press: (pressed) => void child.stdin.write(pressed),
    exit: async () =>
      (await until(
        () => exit,
        (code) => code !== undefined
      )) ?? 1,
    modes: () => written.split(mark)[1] ?? "",
    close: () => void child.kill("SIGKILL")
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

const escape = "\u001b"

/** ECMA-48 control sequences, choices of a character set, and the carriage returns that a terminal adds. */
const controls = new RegExp(`${escape}\\[[0-9;?]*[A-Za-z]|${escape}[()][A-Z0-9]|\r`, "g")
const plain = (text: string): string => text.replaceAll(controls, "")

/** True when the cursor was shown last, or was never hidden. */
export const showsCursor = (raw: string): boolean =>
  raw.lastIndexOf(`${escape}[?25h`) >= raw.lastIndexOf(`${escape}[?25l`)

const colour = new RegExp(`${escape}\\[(?:[0-9]+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9]+)*m`, "g")

/** Colours (SGR 30 to 48, 90 to 107): what NO_COLOR forbids. */
export const colours = (raw: string): readonly string[] => [...raw.matchAll(colour)].map(([code]) => code)
