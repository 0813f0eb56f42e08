import { booleanType, intType, stringType } from "../sql-type.ts"
import { integerArgument, strict, textArgument, type FunctionDefinition } from "./definition.ts"

const text = textArgument

/** Functions that look into strings. */
export const searchFunctions: readonly FunctionDefinition[] = [
  strict({
    usage: "CHAR_LENGTH(string)",
    aliases: ["CHARACTER_LENGTH", "LENGTH"],
    about: "The number of characters (code points).",
    example: "CHAR_LENGTH('a😀')",
    gives: "2",
    fn: "length",
    takes: [text],
    type: intType
  }),
  strict({
    usage: "POSITION(part IN string)",
    about: "Where the part begins, from 1; 0 where it is not.",
    example: "POSITION('b' IN 'abc')",
    gives: "2",
    fn: "position",
    takes: [text, text],
    type: intType
  }),
  strict({
    usage: "LOCATE(part, string, from)",
    about: "Where the part begins at or after a place (1 when absent); 0 where it does not.",
    example: "LOCATE('a', 'banana', 3)",
    gives: "4",
    fn: "locate",
    takes: [text, text, integerArgument],
    defaults: [1],
    type: intType
  }),
  strict({
    usage: "INSTR(string, part)",
    about: "POSITION, its arguments the other way round.",
    example: "INSTR('abc', 'c')",
    gives: "3",
    fn: "instr",
    takes: [text, text],
    type: intType
  }),
  strict({
    usage: "STARTSWITH(string, prefix)",
    aliases: ["STARTS_WITH"],
    about: "Whether it begins with the prefix.",
    example: "STARTSWITH('abc', 'ab')",
    gives: "TRUE",
    fn: "startsWith",
    takes: [text, text],
    type: booleanType
  }),
  strict({
    usage: "ENDSWITH(string, suffix)",
    aliases: ["ENDS_WITH"],
    about: "Whether it ends with the suffix.",
    example: "ENDSWITH('abc', 'bc')",
    gives: "TRUE",
    fn: "endsWith",
    takes: [text, text],
    type: booleanType
  }),
  strict({
    usage: "IS_ALPHA(string)",
    about: "Whether all its characters are letters, and there is one.",
    example: "IS_ALPHA('Zoë')",
    gives: "TRUE",
    fn: "isAlpha",
    takes: [text],
    type: booleanType
  }),
  strict({
    usage: "IS_DIGIT(string)",
    about: "Whether all its characters are digits, and there is one.",
    example: "IS_DIGIT('42')",
    gives: "TRUE",
    fn: "isDigit",
    takes: [text],
    type: booleanType
  }),
  strict({
    usage: "IS_DECIMAL(string)",
    about: "Whether it reads as a number.",
    example: "IS_DECIMAL('-1.5e3')",
    gives: "TRUE",
    fn: "isDecimalText",
    takes: [text],
    type: booleanType
  }),
  strict({
    usage: "PARSE_URL(url, part, key)",
    about:
      "HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE or USERINFO of an address, or the value of a key of its QUERY; NULL where there is none.",
    example: "PARSE_URL('http://a.org/p?k=v#r', 'QUERY', 'k')",
    gives: "'v'",
    fn: "parseUrl",
    takes: [text, text, text],
    least: 2,
    type: stringType,
    mayBeNull: true,
    unplaced: true
  })
]
