import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { command, temporaryFolder } from "../input/program.ts"

// Completion as bash does it: the script is sourced, and asked for what may follow.

const scriptFor = async (shell: string): Promise<string> => {
  const { exit, stderr, stdout } = await command(["completion", shell])
  assert.strictEqual(exit, 0, stderr)
  return stdout
}

/** What bash offers for the last of these words. */
const offered = (script: string, words: readonly string[]): readonly string[] => {
  const line = words.map((word) => `'${word}'`).join(" ")
  const ask = `${script}
COMP_LINE='${words.join(" ")}'; COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}
_millrace millrace '${words.at(-1)}' '${words.at(-2)}'
printf '%s\\n' "\${COMPREPLY[@]}"`
  const folder = temporaryFolder()
  try {
    writeFileSync(join(folder.path, "ask.sh"), ask)
    return execFileSync("bash", ["ask.sh"], { cwd: folder.path, encoding: "utf8" }).trim().split("\n")
  } finally {
    folder.remove()
  }
}

describe("completion", () => {
  it("offers commands, their commands and their flags, in bash", async () => {
    const script = await scriptFor("bash")
    assert.deepEqual(offered(script, ["millrace", "sec"]), ["secret"])
    assert.sameMembers([...offered(script, ["millrace", "secret", ""])], ["set", "list", "delete", "rotate"])
    assert.include(offered(script, ["millrace", "up", "--po"]), "--port")
  })

  it("is there for zsh and fish", async () => {
    assert.match(await scriptFor("zsh"), /^#compdef millrace/)
    assert.match(await scriptFor("fish"), /complete -c millrace .*secret/)
  })
})
