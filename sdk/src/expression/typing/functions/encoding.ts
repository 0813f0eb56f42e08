import type { CallNode } from "../../syntax/ast.ts"
import { call, nullOf, type CheckContext, type Checked } from "../check-context.ts"
import { bytesType, formatSqlType, isInteger, stringType } from "../sql-type.ts"
import {
  argumentsOf,
  binaryArgument,
  bytesArgument,
  define,
  integerArgument,
  literalText,
  strict,
  textArgument,
  type FunctionDefinition
} from "./definition.ts"

const sets = ["UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16", "UTF-16BE", "UTF-16LE"]

function digest(name: string, bits: number, gives: string): FunctionDefinition {
  const about = `The ${name} hash of a string's UTF-8 bytes, or of BYTES, in hexadecimal digits.`
  return define(
    { usage: `${name}(string)`, about, example: `${name}('a')`, gives },
    1,
    1,
    (context, node, list) => {
      const args = argumentsOf(context, node, list, [binaryArgument])
      return args && { node, core: call("hash", stringType, args, [bits]) }
    }
  )
}

function checkCharset(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const [value, set] = list
  const encoding = node.name === "ENCODE"
  if (value === undefined || set === undefined) return undefined
  const args = argumentsOf(context, node, [value], [encoding ? textArgument : bytesArgument])
  const name = literalText(context, node.name, "character set", set)?.toUpperCase()
  if (args === undefined || name === undefined) return undefined
  if (!sets.includes(name)) {
    return context.fail(
      "EXPRESSION_ARGUMENTS",
      "unknown character set",
      set.node.span,
      `use one of ${sets.join(", ")}`
    )
  }
  const core = call(encoding ? "encodeText" : "decodeText", encoding ? bytesType : stringType, args, [name])
  return { node, core }
}

function checkHex(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const [value] = list
  if (value === undefined) return undefined
  const { core } = value
  if (core.type.kind === "null") return { node, core: nullOf(stringType) }
  if (core.type.kind === "string") return { node, core: call("hexText", stringType, [core]) }
  if (core.type.kind === "bytes") return { node, core: call("hexBytes", stringType, [core]) }
  if (isInteger(core.type)) return { node, core: call("toRadix", stringType, [core], [16]) }
  const message = `HEX needs an INT, a STRING or BYTES, here ${formatSqlType(core.type)}`
  return context.fail("EXPRESSION_TYPE", message, value.node.span)
}

function checkConv(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const [value, ...bases] = list
  if (value === undefined) return undefined
  const text = isInteger(value.core.type)
    ? { ...value, core: call("integerToText", stringType, [value.core]) }
    : value
  const args = argumentsOf(context, node, [text, ...bases], [textArgument, integerArgument, integerArgument])
  return args && { node, core: { ...call("convertBase", stringType, args), nullable: true } }
}

/** Bytes, digits, hashes and addresses. */
export const encodingFunctions: readonly FunctionDefinition[] = [
  define(
    {
      usage: "ENCODE(string, charset)",
      about: `The string as BYTES of a character set: ${sets.join(", ")}.`,
      example: "HEX(ENCODE('é', 'UTF-8'))",
      gives: "'C3A9'"
    },
    2,
    2,
    checkCharset
  ),
  define(
    {
      usage: "DECODE(bytes, charset)",
      about: "The string that BYTES of a character set mean.",
      example: "DECODE(ENCODE('é', 'UTF-16'), 'UTF-16')",
      gives: "'é'"
    },
    2,
    2,
    checkCharset
  ),
  strict({
    usage: "TO_BASE64(string)",
    about: "The UTF-8 bytes, or BYTES, in Base64.",
    example: "TO_BASE64('hello world')",
    gives: "'aGVsbG8gd29ybGQ='",
    fn: "toBase64",
    takes: [binaryArgument],
    type: stringType
  }),
  strict({
    usage: "FROM_BASE64(string)",
    about: "The string whose UTF-8 bytes are in Base64; an error where the text is not.",
    example: "FROM_BASE64('aGVsbG8gd29ybGQ=')",
    gives: "'hello world'",
    fn: "fromBase64",
    takes: [textArgument],
    type: stringType
  }),
  define(
    {
      usage: "HEX(value)",
      about: "An INT (64 bits when negative), the UTF-8 bytes of a STRING, or BYTES in hexadecimal digits.",
      example: "HEX(255)",
      gives: "'FF'"
    },
    1,
    1,
    checkHex
  ),
  strict({
    usage: "UNHEX(string)",
    about: "The BYTES of hexadecimal digits; NULL where they are none.",
    example: "DECODE(UNHEX('616263'), 'UTF-8')",
    gives: "'abc'",
    fn: "unhex",
    takes: [textArgument],
    type: bytesType,
    mayBeNull: true
  }),
  define(
    {
      usage: "BIN(integer)",
      about: "In binary digits, 64 when negative.",
      example: "BIN(12)",
      gives: "'1100'"
    },
    1,
    1,
    (context, node, list) => {
      const args = argumentsOf(context, node, list, [integerArgument])
      return args && { node, core: call("toRadix", stringType, args, [2]) }
    }
  ),
  define(
    {
      usage: "CONV(number, from, to)",
      about:
        "A number, or its digits, from one base to another (2 to 36), as 64 bits without a sign, with one where `to` is negative.",
      example: "CONV('ff', 16, 10)",
      gives: "'255'"
    },
    3,
    3,
    checkConv
  ),
  digest("MD5", 0, "'0cc175b9c0f1b6a831c399e269772661'"),
  digest("SHA1", 1, "'86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'"),
  digest("SHA224", 224, "'abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5'"),
  digest("SHA256", 256, "'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'"),
  digest(
    "SHA384",
    384,
    "'54a59b9f22b0b80880d8427e548b7c23abd873486e1f035dce9cd697e85175033caa88e6d57bc35efae0b5afd3145f31'"
  ),
  digest(
    "SHA512",
    512,
    "'1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75'"
  ),
  strict({
    usage: "SHA2(string, bits)",
    about: "The SHA-2 hash of 224, 256, 384 or 512 bits; NULL for another length.",
    example: "SHA2('a', 224)",
    gives: "'abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5'",
    fn: "sha2",
    takes: [binaryArgument, integerArgument],
    type: stringType,
    mayBeNull: true
  }),
  strict({
    usage: "URL_ENCODE(string)",
    about: "As a form sends it (application/x-www-form-urlencoded).",
    example: "URL_ENCODE('a b&c')",
    gives: "'a+b%26c'",
    fn: "urlEncode",
    takes: [textArgument],
    type: stringType
  }),
  strict({
    usage: "URL_DECODE(string)",
    about: "What URL_ENCODE made; NULL where it is no such text.",
    example: "URL_DECODE('a+b%26c')",
    gives: "'a b&c'",
    fn: "urlDecode",
    takes: [textArgument],
    type: stringType,
    mayBeNull: true
  })
]
