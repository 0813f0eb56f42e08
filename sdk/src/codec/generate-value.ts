import { resolve } from "../avro/resolve.ts"
import type { Resolution } from "../avro/resolution.ts"
import type { AvroType } from "../avro/type.ts"
import { CodeBuilder } from "./code-builder.ts"
import { CodecError } from "./codec-error.ts"
import { ReadCode } from "./read-code.ts"
import { openScope } from "./skip-code.ts"
import { WriteCode } from "./write-code.ts"

/**
 * Text of `{ write(value, sink) }`: checks a value and appends it as Avro binary of `type`. A {@link CodecFault} leaves the
 * sink with part of the value: the caller cuts it back.
 * Throws a {@link CodecError} when the type's own checks or defaults are ill-formed.
 */
export function generateWriter(type: AvroType): string {
  const code = new CodeBuilder()
  return code.text(writeMember(code, type))
}

/** Text of `{ read(bytes, start, end), write(value, sink) }` for values kept and read under one schema, such as state. */
export function generateValue(type: AvroType): string {
  const code = new CodeBuilder()
  return code.text(`${readMember(code, type, type)},\n${writeMember(code, type)}`)
}

/** Text of `{ read(bytes, start, end) }`: a value of the writer's schema as the reader's. */
export function generateReader(writer: AvroType, reader: AvroType): string {
  const code = new CodeBuilder()
  return code.text(readMember(code, writer, reader))
}

/** The plan, or a {@link CodecError} `UNRESOLVABLE` with the first of the reasons. `path` names the field it is for. */
export function resolved(writer: AvroType, reader: AvroType, path: string): Resolution {
  const result = resolve(writer, reader)
  if ("ok" in result) return result.ok
  const messages = result.errors.map((each) =>
    each.path === "" ? each.message : `${each.path}: ${each.message}`
  )
  throw new CodecError("UNRESOLVABLE", path, messages.join("; "))
}

function readMember(code: CodeBuilder, writer: AvroType, reader: AvroType): string {
  defineReader(code)
  const body = new ReadCode(code).value(resolved(writer, reader, ""), "v")
  const lines = [
    "read(bytes, start, end) {",
    "r.open(bytes, start, end)",
    openScope,
    "let v",
    body,
    "r.at = p; r.close()",
    "return v",
    "}"
  ]
  return lines.join("\n")
}

function writeMember(code: CodeBuilder, type: AvroType): string {
  defineWriter(code)
  return `write(x, o) {\nw.open(o)\n${new WriteCode(code).value(type, "x")}\nw.close(o)\n}`
}

export function defineReader(code: CodeBuilder): void {
  code.define("const r = new rt.ValueReader()")
}

export function defineWriter(code: CodeBuilder): void {
  code.define("const w = new rt.ValueWriter()")
}
