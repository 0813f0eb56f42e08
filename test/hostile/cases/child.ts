import type { HostileCase } from "../hostile-case.ts"
import { escaped, escapedAtStart } from "../hostile-case.ts"

const passing = `return [{ ...movie, title: "safe" }]`
const disbelieved = { codes: ["SANDBOX_KILLED"], outcome: "killed" } as const
const answered = (change: string): string =>
  escaped(
    `const answer = JSON.parse(frame.toString("utf8", 4)); ${change}; write(framed(JSON.stringify(answer)))`
  )

/** Answers of an escaped guest, who writes what he likes to the worker. */
export const answerCases: readonly HostileCase[] = [
  {
    id: "53 header",
    title: "a header that promises four gigabytes",
    attack: passing,
    preamble: escaped(`write(Buffer.from([0xf0, 0xff, 0xff, 0xff])); return data.length`),
    ...disbelieved
  },
  {
    id: "53 empty",
    title: "a header of length nought",
    attack: passing,
    preamble: escaped("write(Buffer.alloc(4))"),
    ...disbelieved
  },
  {
    id: "53 cut",
    title: "half an answer",
    attack: passing,
    preamble: escaped("write(frame.subarray(0, 9))"),
    codes: ["DEADLINE_EXCEEDED"],
    outcome: "killed"
  },
  {
    id: "53 twice",
    title: "two answers at once",
    attack: passing,
    preamble: escaped("write(Buffer.concat([frame, frame]))"),
    ...disbelieved
  },
  {
    id: "53 garbage",
    title: "an answer that is no JSON",
    attack: passing,
    preamble: escaped(`write(framed('{"is":'))`),
    ...disbelieved
  },
  {
    id: "53 deep",
    title: "an answer nested without end",
    attack: passing,
    preamble: escaped(`write(framed('{"is":"done","stages":' + "[".repeat(1e6) + "]".repeat(1e6) + "}"))`),
    ...disbelieved
  },
  {
    id: "53 unknown",
    title: "an answer of a kind that is none",
    attack: passing,
    preamble: escaped(`write(framed('{"is":"toString"}'))`),
    ...disbelieved
  },
  {
    id: "53 sections",
    title: "sections beyond the shared file",
    attack: passing,
    preamble: answered("answer.sections = [2 ** 40]"),
    ...disbelieved
  },
  {
    id: "53 negative",
    title: "a section of negative length",
    attack: passing,
    preamble: answered("answer.sections = answer.sections.map(() => -1)"),
    ...disbelieved
  },
  {
    id: "53 count",
    title: "a million sections",
    attack: passing,
    preamble: answered("answer.sections = new Array(1e6).fill(0)"),
    ...disbelieved
  },
  {
    id: "53 prototype",
    title: "a prototype in an answer",
    attack: passing,
    preamble: escaped(
      `write(framed(frame.toString("utf8", 4).replace("{", '{"__proto__":{"isAdmin":true},')))`
    ),
    ...disbelieved
  },
  {
    id: "53 inherited",
    title: "a report of inherited names",
    attack: passing,
    preamble: answered("delete answer.stages[0].report.recordsIn; answer.stages[0].report.valueOf = 1"),
    ...disbelieved
  },
  {
    id: "53 stages",
    title: "reports of more nodes than there are",
    attack: passing,
    preamble: answered("answer.stages.push(answer.stages[0])"),
    ...disbelieved
  },
  {
    id: "53 frame",
    title: "a frame whose bytes are spoilt",
    attack: passing,
    preamble: escaped(
      `require("node:fs").writeSync(4, Buffer.alloc(64, 0xff), 0, 64, 24 * 1024 * 1024); write(frame)`
    ),
    ...disbelieved
  },
  {
    id: "53 letters",
    title: "a dead letter for a record that was not given",
    attack: passing,
    preamble: answered(
      `answer.stages[0].report.letters = [{ feed: 0, origin: 0, code: "PLUGIN_FAILED", message: "forged" }]`
    ),
    ...disbelieved
  },
  {
    id: "53 output",
    title: "a frame for an output that is none",
    attack: passing,
    preamble: answered(`answer.stages[0].report.frames[0].name = "__proto_"`),
    ...disbelieved
  },
  {
    id: "53 edits",
    title: "a frame told as edits that it is none",
    attack: passing,
    preamble: answered(`answer.stages[0].report.frames[0].role = "edits"`),
    ...disbelieved
  },
  {
    id: "53 shrink",
    title: "the shared file cut off",
    attack: passing,
    preamble: escaped(`require("node:fs").ftruncateSync(4, 0); write(frame)`),
    ...disbelieved
  },
  {
    id: "53 wait",
    title: "waiting for nothing",
    attack: passing,
    preamble: escaped(`write(framed('{"is":"wait","requests":"[]","sections":[]}'))`),
    ...disbelieved
  },
  {
    id: "53 stderr",
    title: "a flood on standard output and error",
    attack: passing,
    preamble: escaped(
      `try { writeSync(1, Buffer.alloc(1e6, 0x41)) } catch {} for (let i = 0; i < 30; i++) { const b = Buffer.alloc(1e6, 0x41); for (let at = 0; at < b.length;) { try { at += writeSync(2, b, at) } catch (e) { if (e.code !== "EAGAIN") throw e } } } write(frame)`
    ),
    deadlineMs: 2000,
    outcome: "harmless"
  },
  {
    id: "54 silent",
    title: "no answer at all, and no end",
    attack: passing,
    preamble: escaped("for (;;);"),
    codes: ["DEADLINE_EXCEEDED"],
    outcome: "killed"
  },
  {
    id: "54 exit",
    title: "leaving with an exit code of success",
    attack: passing,
    preamble: escaped("process.exit(0)"),
    ...disbelieved
  },
  {
    id: "54 native",
    title: "memory beside every heap",
    attack: passing,
    preamble: escaped(
      "const l = []; for (;;) { l.push(Buffer.alloc(1 << 22, 1)); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5) }"
    ),
    deadlineMs: 5000,
    codes: ["MEMORY_EXCEEDED"],
    outcome: "killed"
  }
]

/** What an escaped guest tries of the machine: it ends its own process when it gets through. */
export const machineCases: readonly HostileCase[] = [
  {
    id: "G2 file",
    title: "reading a file of the machine",
    attack: passing,
    preamble: escapedAtStart(`return require("node:fs").readFileSync("/etc/passwd").length > 0`),
    outcome: "harmless"
  },
  {
    id: "G2 write",
    title: "writing a file",
    attack: passing,
    preamble: escapedAtStart(
      `require("node:fs").closeSync(require("node:fs").openSync("/dev/shm/millrace-hostile-" + process.pid, "wx")); require("node:fs").unlinkSync("/dev/shm/millrace-hostile-" + process.pid); return true`
    ),
    outcome: "harmless"
  },
  {
    id: "G2 spawn",
    title: "starting a program",
    attack: passing,
    preamble: escapedAtStart(`return require("node:child_process").spawnSync("/bin/true").status === 0`),
    outcome: "harmless"
  },
  {
    id: "G2 thread",
    title: "starting a thread",
    attack: passing,
    preamble: escapedAtStart(
      `new (require("node:worker_threads").Worker)("0", { eval: true }).unref(); return true`
    ),
    outcome: "harmless"
  },
  {
    id: "G2 network",
    needs: "netns",
    title: "an interface of the network",
    attack: passing,
    preamble: escapedAtStart(
      `const all = Object.values(require("node:os").networkInterfaces()).flat(); return all.length > 0`
    ),
    outcome: "harmless"
  },
  {
    id: "G2 environment",
    title: "the worker's environment",
    attack: passing,
    preamble: escapedAtStart(`return "PATH" in process.env || "HOME" in process.env`),
    outcome: "harmless"
  },
  {
    id: "G2 user",
    needs: "capabilities",
    title: "becoming another user",
    attack: passing,
    preamble: escapedAtStart(`process.setuid(process.getuid() === 4242 ? 4243 : 4242); return true`),
    outcome: "harmless"
  },
  {
    id: "G2 data",
    needs: "prlimit",
    title: "three gigabytes of address space",
    attack: passing,
    preamble: escapedAtStart(`return Buffer.allocUnsafeSlow(3 * 2 ** 30).length > 0`),
    outcome: "harmless"
  },
  {
    id: "G2 file size",
    needs: "prlimit",
    title: "filling the memory by the shared file",
    attack: passing,
    preamble: escapedAtStart(
      `return require("node:fs").writeSync(4, Buffer.alloc(1), 0, 1, 64 * 1024 * 1024) === 1`
    ),
    outcome: "harmless"
  },
  {
    id: "G2 kill",
    title: "killing the worker",
    needs: "user",
    attack: passing,
    preamble: escapedAtStart(`process.kill(process.ppid, 0); return true`),
    outcome: "harmless"
  },
  {
    id: "G13 signal",
    title: "opening an inspector by a signal",
    attack: passing,
    preamble: escapedAtStart(
      `process.kill(process.pid, "SIGUSR1"); const end = performance.now() + 400; const { url } = require("node:inspector"); while (performance.now() < end) if (url() !== undefined) return true; return false`
    ),
    outcome: "harmless"
  },
  {
    id: "G13 open",
    title: "opening an inspector",
    attack: passing,
    preamble: escapedAtStart(
      `const inspector = require("node:inspector"); inspector.open(0, "127.0.0.1"); return inspector.url() !== undefined`
    ),
    outcome: "harmless"
  }
]
