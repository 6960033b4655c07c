/**
 * The Spark connector's `EventHubsUtils.encrypt`: AES-256 in ECB mode with PKCS#5 padding, as base64; the key comes from the
 * connector's version by PBKDF2 (HMAC-SHA-256, 1000 rounds), so it hides nothing from anyone who knows the connector.
 */
const VERSION = '2.3.22'
const BLOCK_BYTES = 16

export async function encryptConnection(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  const padding = BLOCK_BYTES - (bytes.length % BLOCK_BYTES)
  const padded = new Uint8Array(bytes.length + padding).fill(padding)
  padded.set(bytes)
  const key = await connectorKey()
  const blocks = await Promise.all(blocksOf(padded).map((block) => encryptBlock(key, block)))
  return btoa(String.fromCharCode(...blocks.flatMap((block) => [...block])))
}

/** The plain text, or what Java's decoder and cipher say to a text that was not encrypted. */
export async function decryptConnection(text: string): Promise<{ plain: string } | { error: string }> {
  const error = base64Error(text)
  if (error !== null) return { error }
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  if (bytes.length === 0) return { plain: '' }
  if (bytes.length % BLOCK_BYTES !== 0)
    return { error: 'Input length must be multiple of 16 when decrypting with padded cipher' }
  const plain = await decryptBlocks(await connectorKey(), bytes)
  const padding = plain[plain.length - 1]
  const isPadded = padding >= 1 && padding <= BLOCK_BYTES && plain.subarray(-padding).every((byte) => byte === padding)
  if (!isPadded)
    return {
      error: 'Given final block not properly padded. Such issues can arise if a bad key is used during decryption.',
    }
  return { plain: new TextDecoder().decode(plain.subarray(0, plain.length - padding)) }
}

/** Plain and encrypted strings alike: the plain text. */
export async function revealConnection(text: string): Promise<string> {
  if (text.includes('=sb://')) return text
  const decrypted = await decryptConnection(text)
  return 'plain' in decrypted ? decrypted.plain : text
}

/** What java.util.Base64's basic decoder throws, or null. */
function base64Error(text: string): string | null {
  const length = text.length
  if (length === 0) return null
  if (length < 2) return 'Input byte[] should at least have 2 bytes for base64 bytes'
  const wrongEnd = 'Input byte array has wrong 4-byte ending unit'
  let numInUnit = 0
  for (let i = 0; i < length; i++) {
    const character = text[i]
    if (character === '=') {
      // One or two at the very end, where they fill a unit; anything else is a wrong end.
      if (numInUnit === 3 && i === length - 1) return null
      if (numInUnit === 2 && i === length - 2 && text[i + 1] === '=') return null
      return wrongEnd
    }
    if (!/[A-Za-z0-9+/]/.test(character)) return `Illegal base64 character ${character.charCodeAt(0).toString(16)}`
    numInUnit = (numInUnit + 1) % 4
  }
  return numInUnit === 1 ? 'Last unit does not have enough valid bits' : null
}

let key: Promise<CryptoKey> | null = null

function connectorKey(): Promise<CryptoKey> {
  key ??= (async () => {
    const version = new TextEncoder().encode(VERSION)
    const base = await crypto.subtle.importKey('raw', version, 'PBKDF2', false, ['deriveKey'])
    const derivation = { name: 'PBKDF2', salt: version, iterations: 1000, hash: 'SHA-256' }
    return crypto.subtle.deriveKey(derivation, base, { name: 'AES-CBC', length: 256 }, false, ['encrypt', 'decrypt'])
  })()
  return key
}

// WebCrypto has no ECB. One block in CBC with a zero vector is that block in ECB, followed by a block of padding.
async function encryptBlock(cipher: CryptoKey, block: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const iv = new Uint8Array(BLOCK_BYTES)
  return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, cipher, block)).subarray(0, BLOCK_BYTES)
}

async function decryptBlocks(cipher: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // CBC insists on valid padding at the end: append the block that decrypts to nothing but padding after the last one.
  const last = bytes.slice(-BLOCK_BYTES)
  const end = await crypto.subtle.encrypt({ name: 'AES-CBC', iv: last }, cipher, new Uint8Array(0))
  const chained = new Uint8Array(bytes.length + BLOCK_BYTES)
  chained.set(bytes)
  chained.set(new Uint8Array(end), bytes.length)
  const iv = new Uint8Array(BLOCK_BYTES)
  const plain = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, cipher, chained))
  // Undo the chaining: CBC mixed each block with the ciphertext before it.
  for (let i = BLOCK_BYTES; i < plain.length; i++) plain[i] ^= bytes[i - BLOCK_BYTES]
  return plain
}

function blocksOf(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: bytes.length / BLOCK_BYTES }, (_, i) =>
    bytes.slice(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES),
  )
}
