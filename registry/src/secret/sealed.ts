import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto"

/** A key that secrets are sealed with, and the name that a sealed secret knows it by. */
export interface SealingKey {
  /** 16 hexadecimal digits of a hash of the key. */
  readonly id: string
  readonly bytes: Uint8Array
}

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** Of 32 bytes; undefined for any other number of them. */
export const sealingKey = (bytes: Uint8Array): SealingKey | undefined =>
  bytes.length === keyBytes
    ? {
        id: createHash("sha256").update("millrace sealing key\0").update(bytes).digest("hex").slice(0, 16),
        bytes
      }
    : undefined

/** A key of the system's secure generator. */
export const drawKey = (): SealingKey => {
  const key = sealingKey(randomBytes(keyBytes))
  if (key === undefined) throw new Error("the generator gave too few bytes")
  return key
}

/** As it stands in a key's file: base64, and a line end. */
export const keyText = (key: SealingKey): string => `${Buffer.from(key.bytes).toString("base64")}\n`

/** Reads base64, base64url or hexadecimal text of 32 bytes; undefined when it is none. */
export const readKey = (text: string): SealingKey | undefined => {
  const plain = text.trim()
  if (/^[0-9a-f]{64}$/i.test(plain)) return sealingKey(Buffer.from(plain, "hex"))
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(plain) ? sealingKey(Buffer.from(plain, "base64")) : undefined
}

/**
 * AES-256-GCM (NIST SP 800-38D) under a random nonce: base64 of nonce, tag and text. The secret's name is authenticated
 * with it, so that what is sealed under one name does not open under another.
 */
export const seal = (key: SealingKey, name: string, value: string): string => {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce).setAAD(context(key, name))
  const text = Buffer.concat([cipher.update(value, "utf8"), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64")
}

/** The value; undefined when it was sealed under another key or name, or was changed since. */
export const unseal = (key: SealingKey, name: string, sealed: string): string | undefined => {
  const bytes = Buffer.from(sealed, "base64")
  if (bytes.length < nonceBytes + tagBytes) return undefined
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes
  })
  decipher.setAAD(context(key, name)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  try {
    const text = [decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]
    return Buffer.concat(text).toString("utf8")
  } catch {
    return undefined
  }
}

const context = (key: SealingKey, name: string): Buffer =>
  Buffer.from(`millrace secret 1\0${key.id}\0${name}`)
